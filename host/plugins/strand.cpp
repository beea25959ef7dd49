#include "plugins/strand.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <utility>

namespace everbit::plugins {

namespace {

namespace asio = boost::asio;

class AsioStrand final : public Strand {
 public:
  explicit AsioStrand(asio::io_context& io) : strand_(asio::make_strand(io)) {}

  void post(Task task) override { asio::post(strand_, std::move(task)); }
  bool on_strand() const override { return strand_.running_in_this_thread(); }

  std::unique_ptr<Timer> post_after(std::chrono::nanoseconds delay, Task task) override {
    return std::make_unique<AsioTimer>(strand_, delay, std::move(task));
  }

 private:
  using Executor = asio::strand<asio::io_context::executor_type>;

  class AsioTimer final : public Timer {
   public:
    AsioTimer(const Executor& strand, std::chrono::nanoseconds delay, Task task)
        : timer_(strand, std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay)) {
      timer_.async_wait([task = std::move(task)](const boost::system::error_code& error) {
        if (!error) task();
      });
    }

   private:
    asio::steady_timer timer_;
  };

  Executor strand_;
};

}  // namespace

std::shared_ptr<Strand> make_asio_strand(asio::io_context& io) {
  return std::make_shared<AsioStrand>(io);
}

void DriverStrand::post(Task task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
}

void DriverStrand::run_posted() {
  for (;;) {
    Task task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

bool run_on(Strand& strand, Strand::Task task, Deadline deadline) {
  if (strand.on_strand()) {
    task();
    return true;
  }
  struct Done {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  const auto done = std::make_shared<Done>();
  strand.post([done, task = std::move(task)] {
    task();
    const std::lock_guard lock(done->mutex);
    done->done = true;
    done->changed.notify_all();
  });
  std::unique_lock lock(done->mutex);
  return done->changed.wait_until(lock, deadline.time(), [&] { return done->done; });
}

}  // namespace everbit::plugins

#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/deadline.h"

namespace boost::asio {
class io_context;
}

namespace everbit::plugins {

// Where the callbacks of one instance run, one after the other. In the daemon an Asio strand:
// perhaps another thread each time. In a back-test the driver's own thread.
class Strand {
 public:
  using Task = std::function<void()>;

  // Cancels its task when it is destroyed.
  class Timer {
   public:
    virtual ~Timer() = default;
  };

  virtual ~Strand() = default;

  // Runs the task on the strand, after those that were posted before. Any thread; never runs it
  // before it returns. Whoever posts bounds how much it has posted.
  virtual void post(Task task) = 0;
  // Whether the caller runs on this strand. Any thread.
  virtual bool on_strand() const = 0;
  // Posts the task after the delay; null where time is the driver's and there are no timers.
  virtual std::unique_ptr<Timer> post_after(std::chrono::nanoseconds delay, Task task) = 0;
};

// On the threads that run `io`, which must outlive the strand.
std::shared_ptr<Strand> make_asio_strand(boost::asio::io_context& io);

// The thread that creates it is the strand: calls are direct, posted tasks wait for run_posted().
class DriverStrand final : public Strand {
 public:
  void post(Task task) override;
  bool on_strand() const override { return std::this_thread::get_id() == thread_; }
  std::unique_ptr<Timer> post_after(std::chrono::nanoseconds, Task) override { return nullptr; }

  // Runs what was posted until nothing is left; on the strand.
  void run_posted();

 private:
  const std::thread::id thread_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::deque<Task> tasks_;
};

// Runs the task on the strand and waits for its end; at once if the caller is on it. False when the
// deadline came first; the task may still run later, so it must own what it uses.
bool run_on(Strand& strand, Strand::Task task, Deadline deadline);

}  // namespace everbit::plugins

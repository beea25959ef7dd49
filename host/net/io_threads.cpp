#include "net/io_threads.h"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <optional>
#include <utility>

#include "base/signal_stack.h"

namespace everbit::net {
namespace {

constexpr std::size_t kMaxThreadName = 15;
thread_local const IoThreads* current = nullptr;

// All but those of a thread's own mistakes, which would end the process without a word.
void block_signals() {
  sigset_t blocked;
  sigfillset(&blocked);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&blocked, own);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
}

}  // namespace

struct IoThreads::Context {
  boost::asio::io_context io;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
};

IoThreads::IoThreads(std::size_t threads, std::string name)
    : thread_count_(std::max<std::size_t>(1, threads)),
      name_(std::move(name)),
      context_(std::make_unique<Context>()) {}

IoThreads::~IoThreads() { stop(); }

void IoThreads::start() {
  if (!threads_.empty()) return;
  context_->work.emplace(context_->io.get_executor());
  for (std::size_t i = 0; i < thread_count_; ++i) threads_.emplace_back([this, i] { run(i); });
}

void IoThreads::stop() {
  if (threads_.empty()) return;
  context_->work.reset();
  context_->io.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void IoThreads::run(std::size_t index) {
  block_signals();
  const SignalStack signal_stack;
  const std::string suffix = "-" + std::to_string(index);
  const std::string name = name_.substr(0, kMaxThreadName - suffix.size()) + suffix;
  pthread_setname_np(pthread_self(), name.c_str());
  current = this;
  context_->io.run();
  current = nullptr;
}

boost::asio::io_context& IoThreads::context() { return context_->io; }

boost::asio::any_io_executor IoThreads::executor() { return context_->io.get_executor(); }

bool IoThreads::is_current_thread() const { return current == this; }

}  // namespace everbit::net

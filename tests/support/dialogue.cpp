#include "support/dialogue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace everbit::test {
namespace {

constexpr int kPatienceMs = 60'000;

}  // namespace

Dialogue::Dialogue(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& text : command) arguments.push_back(const_cast<char*>(text.c_str()));
  arguments.push_back(nullptr);
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("no process");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  in_ = in[1];
  out_ = out[0];
}

Dialogue::~Dialogue() {
  ::close(in_);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > give_up) send(SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::close(out_);
}

void Dialogue::say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(in_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::runtime_error("the program reads no more: " + line);
  }
}

std::string Dialogue::hear() {
  std::string text;
  char c = 0;
  pollfd item{out_, POLLIN, 0};
  while (::poll(&item, 1, kPatienceMs) == 1 && ::read(out_, &c, 1) == 1 && c != '\n') text += c;
  return text;
}

void Dialogue::send(int signal) const { ::kill(pid_, signal); }

}  // namespace everbit::test

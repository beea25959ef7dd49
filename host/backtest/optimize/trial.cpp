#include "backtest/optimize/trial.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include "backtest/optimize/windows.h"
#include "base/files.h"

namespace everbit::backtest {
namespace {

constexpr double kWorst = -std::numeric_limits<double>::infinity();

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

// Doubles as their bits: what is read back is what was written.
void put(std::ostream& out, double value) { out << ' ' << std::bit_cast<std::uint64_t>(value); }

double take(std::istream& in) {
  std::uint64_t bits = 0;
  in >> bits;
  return std::bit_cast<double>(bits);
}

std::string line_of(std::size_t number, const Trial& trial) {
  std::ostringstream out;
  out << number << ' ' << trial.point.size();
  for (const std::size_t index : trial.point) out << ' ' << index;
  out << ' ' << trial.trainings.size();
  for (const Outcome& o : trial.trainings) {
    out << ' ' << (o.objective ? 1 : 0) << ' ' << o.trades;
    for (const double value : {o.objective.value_or(0), o.mdd, o.total_return, o.daily.n,
                               o.daily.s1, o.daily.s2, o.daily.s3, o.daily.s4}) {
      put(out, value);
    }
  }
  const std::string text = out.str();
  return text + " #" + std::to_string(fnv1a(text)) + "\n";
}

std::optional<std::pair<std::size_t, Trial>> parse_line(const std::string& line) {
  const std::size_t mark = line.rfind(" #");
  if (mark == std::string::npos ||
      line.substr(mark + 2) != std::to_string(fnv1a(std::string_view(line).substr(0, mark)))) {
    return std::nullopt;
  }
  std::istringstream in(line.substr(0, mark));
  std::pair<std::size_t, Trial> found;
  std::size_t n = 0;
  in >> found.first >> n;
  for (std::size_t i = 0; in && i < n; ++i) in >> found.second.point.emplace_back();
  in >> n;
  for (std::size_t i = 0; in && i < n; ++i) {
    Outcome o;
    int has = 0;
    in >> has >> o.trades;
    const double objective = take(in);
    if (has == 1) o.objective = objective;
    for (double* value : {&o.mdd, &o.total_return, &o.daily.n, &o.daily.s1, &o.daily.s2,
                          &o.daily.s3, &o.daily.s4}) {
      *value = take(in);
    }
    found.second.trainings.push_back(o);
  }
  return in ? std::optional(found) : std::nullopt;
}

Error io_error(const std::string& path) {
  return {"IO", path + ": " + std::strerror(errno), "trials"};
}

}  // namespace

std::optional<Objective> objective_of(std::string_view name) {
  for (const Objective objective :
       {Objective::kSharpe, Objective::kCalmar, Objective::kSqn, Objective::kTotalReturn}) {
    if (name == name_of(objective)) return objective;
  }
  return std::nullopt;
}

std::string_view name_of(Objective objective) {
  switch (objective) {
    case Objective::kSharpe:
      return "sharpe";
    case Objective::kCalmar:
      return "calmar";
    case Objective::kSqn:
      return "sqn";
    case Objective::kTotalReturn:
      return "totalReturn";
  }
  return "?";
}

std::optional<double> value_of(Objective objective, const Metrics& metrics) {
  switch (objective) {
    case Objective::kSharpe:
      return metrics.sharpe;
    case Objective::kCalmar:
      return metrics.calmar;
    case Objective::kSqn:
      return metrics.sqn;
    case Objective::kTotalReturn:
      return metrics.total_return;
  }
  return std::nullopt;
}

std::optional<double> Trial::median() const {
  std::vector<double> values;
  for (const Outcome& training : trainings) values.push_back(training.objective.value_or(kWorst));
  std::ranges::sort(values);
  const std::size_t n = values.size();
  const double low = values[(n - 1) / 2];
  if (low == kWorst) return std::nullopt;
  return n % 2 == 1 ? low : (low + values[n / 2]) / 2;
}

double Trial::worst_drawdown() const {
  double worst = 0;
  for (const Outcome& training : trainings) worst = std::min(worst, training.mdd);
  return worst;
}

ReturnSums Trial::returns() const {
  ReturnSums sums;
  for (std::size_t w = 0; w < trainings.size(); w += kTiling) sums += trainings[w].daily;
  return sums;
}

Result<TrialFile> TrialFile::open(const std::string& path, const std::string& fingerprint) {
  TrialFile file;
  if (path.empty()) return Result<TrialFile>(std::move(file));
  file.path_ = path;
  if (auto done = file.read(fingerprint); !done) return done.error();
  return Result<TrialFile>(std::move(file));
}

// What was kept is written anew, so that a line that was cut does not stay in the middle.
Result<void> TrialFile::read(const std::string& fingerprint) {
  const std::string header = "everbit-trials-1 " + fingerprint;
  std::ifstream in(path_);
  std::string line;
  if (in && std::getline(in, line)) {
    if (line != header) {
      return Error("TRIALS_FILE", path_ + " holds the trials of another search", "trials");
    }
    while (std::getline(in, line)) {
      if (auto found = parse_line(line)) kept_.push_back(std::move(*found));
    }
  }
  in.close();
  std::ranges::stable_sort(kept_, {}, &std::pair<std::size_t, Trial>::first);
  std::string text = header + "\n";
  for (const auto& [number, trial] : kept_) text += line_of(number, trial);
  if (auto written = write_file_atomic(path_, text, 0644); !written) return written;
  fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd_ < 0) return io_error(path_);
  return {};
}

TrialFile::~TrialFile() {
  if (fd_ >= 0) ::close(fd_);
}

TrialFile::TrialFile(TrialFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(other.fd_), kept_(std::move(other.kept_)) {
  other.fd_ = -1;
}

const Trial* TrialFile::find(std::size_t number) const {
  const auto found =
      std::ranges::lower_bound(kept_, number, {}, &std::pair<std::size_t, Trial>::first);
  return found == kept_.end() || found->first != number ? nullptr : &found->second;
}

Result<void> TrialFile::add(std::size_t number, const Trial& trial) {
  if (fd_ < 0) return {};
  const std::string line = line_of(number, trial);
  if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return io_error(path_);
  }
  return {};
}

}  // namespace everbit::backtest

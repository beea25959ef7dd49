#include "backtest/optimize/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace everbit::backtest {
namespace {

constexpr int kCandidates = 24;
constexpr double kGoodShare = 0.25;

// SplitMix64 (Steele, Lea, Flood 2014), so that a seed means the same everywhere.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t trial) : state_(seed * 0x9E3779B97F4A7C15U) {
    state_ = next() ^ (trial * 0xD1B54A32D192ED03U);
  }
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  double share() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  std::size_t below(std::size_t n) {
    return std::min(static_cast<std::size_t>(share() * static_cast<double>(n)), n - 1);
  }

 private:
  std::uint64_t state_;
};

// How likely each value of one parameter is, as the given trials suggest; never 0.
std::vector<double> density(const Dimension& dimension, std::size_t d,
                            std::span<const Scored* const> trials) {
  const std::size_t n = dimension.values.size();
  std::vector<double> weights(n, 1.0 / static_cast<double>(n));
  const double width = std::max(0.5, static_cast<double>(n) / 8);
  for (const Scored* trial : trials) {
    if (!dimension.is_range) {
      weights[trial->point[d]] += 1;
      continue;
    }
    std::vector<double> kernel(n);
    for (std::size_t i = 0; i < n; ++i) {
      const double z = (static_cast<double>(i) - static_cast<double>(trial->point[d])) / width;
      kernel[i] = std::exp(-0.5 * z * z);
    }
    const double sum = std::accumulate(kernel.begin(), kernel.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) weights[i] += kernel[i] / sum;
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

std::size_t draw(const std::vector<double>& weights, Random& random) {
  double left = random.share();
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    left -= weights[i];
    if (left < 0) return i;
  }
  return weights.size() - 1;
}

}  // namespace

std::optional<Method> method_of(std::string_view name) {
  for (const Method method : {Method::kGrid, Method::kRandom, Method::kTpe}) {
    if (name == name_of(method)) return method;
  }
  return std::nullopt;
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kGrid:
      return "grid";
    case Method::kRandom:
      return "random";
    case Method::kTpe:
      return "tpe";
  }
  return "?";
}

Point Sampler::point(std::size_t i, std::span<const Scored> finished) const {
  switch (method_) {
    case Method::kGrid:
      return space_->at(i);
    case Method::kTpe:
      if (i >= kTpeBatch) return tpe_point(i, finished.first(i / kTpeBatch * kTpeBatch));
      return random_point(i);
    case Method::kRandom:
      break;
  }
  return random_point(i);
}

Point Sampler::random_point(std::size_t i) const {
  Random random(seed_, i);
  Point point;
  for (const Dimension& dimension : space_->dimensions()) {
    point.push_back(random.below(dimension.values.size()));
  }
  return point;
}

Point Sampler::tpe_point(std::size_t i, std::span<const Scored> finished) const {
  std::vector<const Scored*> ranked;
  for (const Scored& trial : finished) ranked.push_back(&trial);
  std::ranges::stable_sort(ranked, [](const Scored* a, const Scored* b) {
    return a->score && (!b->score || *a->score > *b->score);
  });
  const auto n = static_cast<double>(ranked.size());
  const auto good = static_cast<std::size_t>(std::ceil(kGoodShare * n));
  const auto best = std::span<const Scored* const>(ranked).first(good);
  const auto rest = std::span<const Scored* const>(ranked).subspan(good);

  const auto& dimensions = space_->dimensions();
  std::vector<std::vector<double>> likely, unlikely;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    likely.push_back(density(dimensions[d], d, best));
    unlikely.push_back(density(dimensions[d], d, rest));
  }
  Random random(seed_, i);
  Point chosen;
  double highest = 0;
  for (int c = 0; c < kCandidates; ++c) {
    Point point;
    double ratio = 0;
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
      point.push_back(draw(likely[d], random));
      ratio += std::log(likely[d][point[d]] / unlikely[d][point[d]]);
    }
    if (chosen.empty() || ratio > highest) {
      chosen = std::move(point);
      highest = ratio;
    }
  }
  return chosen;
}

}  // namespace everbit::backtest

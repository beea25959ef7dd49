#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "backtest/optimize/search_space.h"

namespace everbit::backtest {

enum class Method { kGrid, kRandom, kTpe };
std::optional<Method> method_of(std::string_view name);
std::string_view name_of(Method method);

// A finished trial as tpe sees it; no score: it did not reach what the search demands.
struct Scored {
  Point point;
  std::optional<double> score;
};

// Trials of tpe are drawn sixteen at a time, each batch from the results of those before it.
constexpr std::size_t kTpeBatch = 16;

// Says which set the i-th trial tries. It depends on the seed, on i and, with tpe, on the trials of
// the batches before its own: never on threads or time. A value.
//
// tpe is the tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl: Algorithms for
// Hyper-Parameter Optimization, NIPS 2011), each parameter on its own: of 24 sets drawn from the
// density of the best quarter it takes the one with the largest ratio to the density of the rest.
class Sampler {
 public:
  Sampler(const SearchSpace& space, Method method, std::uint64_t seed)
      : space_(&space), method_(method), seed_(seed) {}

  // `finished`: all trials of earlier batches, by number; looked at by tpe alone.
  Point point(std::size_t i, std::span<const Scored> finished) const;

 private:
  Point random_point(std::size_t i) const;
  Point tpe_point(std::size_t i, std::span<const Scored> finished) const;

  const SearchSpace* space_;
  Method method_;
  std::uint64_t seed_;
};

}  // namespace everbit::backtest

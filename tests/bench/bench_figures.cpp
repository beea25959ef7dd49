#include "bench_figures.h"

#include <algorithm>
#include <cstdio>

#include "base/json_writer.h"

namespace everbit::bench {
namespace {

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

void Figures::add(const std::string& what, const std::string& unit, double value,
                  double wal_bytes) {
  auto found = std::ranges::find(series_, what, &Series::what);
  if (found == series_.end()) found = series_.insert(found, {what, unit, {}, {}});
  found->values.push_back(value);
  found->wal_bytes.push_back(wal_bytes);
}

void Figures::print() const {
  JsonWriter json;
  json.begin_array();
  std::fprintf(stderr, "%-56s %10s %4s %10s %10s %8s\n", "what", "median", "", "min", "max",
               "WAL B");
  for (const Series& series : series_) {
    const auto [min, max] = std::ranges::minmax(series.values);
    const double median = median_of(series.values);
    const double wal = median_of(series.wal_bytes);
    std::fprintf(stderr, "%-56s %10.2f %4s %10.2f %10.2f %8.0f\n", series.what.c_str(), median,
                 series.unit.c_str(), min, max, wal);
    json.begin_object().field("what", series.what).field("unit", series.unit);
    json.field("median", median).field("min", min).field("max", max);
    json.field("walBytesPerEvent", wal).end_object();
  }
  std::printf("%s\n", json.end_array().str().c_str());
}

}  // namespace everbit::bench

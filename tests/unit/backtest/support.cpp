#include "unit/backtest/support.h"

#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "backtest/candle_csv.h"

namespace everbit::backtest::testing {
namespace {

// Removed when the process ends.
struct Scratch {
  std::filesystem::path folder;
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "everbit-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
    folder = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

}  // namespace

const plugins::LoadedPlugin& extreme_flip() {
  static const plugins::LoadedPlugin plugin = load_strategy(EVERBIT_STRATEGY);
  return plugin;
}

plugins::LoadedPlugin load_strategy(const std::filesystem::path& file) {
  plugins::LoaderOptions options;
  options.probe.program = EVERBIT_PROBE;
  return plugins::Loader(options).load_unlisted_strategy(file).value();
}

std::filesystem::path shared_folder() {
  const char* named = std::getenv("EVERBIT_SHARED_DIR");
  const char* source = std::getenv("EVERBIT_SOURCE_DIR");
  std::filesystem::path folder = named != nullptr    ? std::filesystem::path(named)
                                 : source != nullptr ? std::filesystem::path(source) / "../shared"
                                                     : std::filesystem::path("../shared");
  return std::filesystem::is_directory(folder / "data/expected") ? folder : std::filesystem::path();
}

std::filesystem::path scratch_file(const std::string& name, const std::string& content) {
  static const Scratch scratch;
  const auto path = scratch.folder / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string gzip(const std::string& content) {
  const auto path = scratch_file("made.gz", "");
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Result<RunResult> run_files(Request request,
                            const std::map<std::string, std::filesystem::path>& files, bool bulk,
                            const plugins::LoadedPlugin& strategy, RunProbe probe) {
  std::map<std::string, std::unique_ptr<CandleSource>> sources;
  for (const auto& [market, path] : files) {
    auto source = CsvCandleSource::open(path, {request.timeframes.signal_s, request.price_scale});
    if (!source) return source.error();
    if (!bulk) {
      sources[market] = std::move(*source);
      continue;
    }
    auto candles = MemoryCandleSource::read_all(**source);
    if (!candles) return candles.error();
    sources[market] = std::make_unique<MemoryCandleSource>(std::move(*candles));
  }
  Engine engine(std::move(request), strategy, std::move(probe));
  return engine.run(std::move(sources));
}

}  // namespace everbit::backtest::testing

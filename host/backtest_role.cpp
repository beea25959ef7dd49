#include "backtest_role.h"

#include "base/log.h"
#include "jobs/file_fence.h"

namespace everbit {
namespace {

// `everbit` stands beside the daemon.
std::filesystem::path run_program() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  return self.parent_path() / "everbit";
}

}  // namespace

BacktestRole::BacktestRole(Parts parts)
    : parts_(parts),
      outbox_(parts_.bus, parts_.clock, parts_.owner_public_id),
      jobs_({parts_.pool, outbox_, parts_.clock, parts_.owner}) {}

Result<std::unique_ptr<BacktestRole>> BacktestRole::start(Parts parts) {
  std::unique_ptr<BacktestRole> role(new BacktestRole(parts));
  jobs::WorkerSettings settings;
  settings.program = run_program();
  settings.strategies = parts.settings.plugins.dir;
  settings.scratch = parts.settings.data.dir / "backtests";
  settings.max_memory = static_cast<std::uint64_t>(parts.settings.backtest.max_memory) << 20;
  settings.stall = parts.settings.backtest.stall;
  auto worker = jobs::BacktestWorker::start(
      {parts.bus, role->jobs_, parts.pool, parts.clock, parts.owner,
       [self = role.get()] { return self->gateway(); }, std::move(settings)});
  if (!worker) return worker.error();
  role->worker_ = std::move(*worker);
  if (!jobs::FileFence::is_known_here()) log_warn("backtests_without_landlock", {});
  return role;
}

// On the worker's one thread.
Result<const trading::ExchangeGateway*> BacktestRole::gateway() {
  if (parts_.trader_gateway != nullptr) return parts_.trader_gateway;
  if (!access_) {
    auto opened =
        candles::QuotationAccess::open({parts_.settings, parts_.clock, parts_.pool, parts_.owner});
    if (!opened) return opened.error();
    access_ = std::move(*opened);
  }
  return &access_->gateway();
}

}  // namespace everbit

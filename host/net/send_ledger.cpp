#include "net/send_ledger.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "base/files.h"
#include "net/send_ledger_file.h"

namespace everbit::net {
namespace {

constexpr auto kForgettingMargin = std::chrono::minutes(1);

Result<Uuid> read_boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id", 64);
  if (!text) return text.error();
  return Uuid::parse(std::string_view(*text).substr(0, 36));
}

}  // namespace

Result<std::unique_ptr<SendLedger>> SendLedger::open(const std::filesystem::path& path,
                                                     const Uuid& instance, const Clock& clock) {
  const auto boot = read_boot_id();
  if (!boot) return boot.error();
  return open(path, instance, clock, *boot);
}

Result<std::unique_ptr<SendLedger>> SendLedger::open(const std::filesystem::path& path,
                                                     const Uuid& instance, const Clock& clock,
                                                     const Uuid& boot) {
  auto file = SendLedgerFile::open(path, boot);
  if (!file) return file.error();
  (*file)->add_instance(instance);
  return std::unique_ptr<SendLedger>(new SendLedger(std::move(*file), instance, clock));
}

SendLedger::SendLedger(std::unique_ptr<SendLedgerFile> file, const Uuid& instance,
                       const Clock& clock)
    : file_(std::move(file)), instance_(instance), clock_(clock) {}

SendLedger::~SendLedger() = default;

SendLedger::TokenHash SendLedger::hash_token(std::string_view sent_token) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(sent_token.data()), sent_token.size(),
         digest.data());
  TokenHash hash{};
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

bool SendLedger::mark(const Uuid& attempt, const TokenHash& token) noexcept {
  const std::lock_guard lock(mutex_);
  if (file_->has_attempt(attempt)) return false;
  file_->add_slot(attempt, instance_, token, clock_.now().ns());
  return true;
}

SendEvidence SendLedger::evidence(const Uuid& attempt, const Uuid& instance,
                                  Timestamp sent_at) const {
  const std::lock_guard lock(mutex_);
  if (file_->has_attempt(attempt)) return SendEvidence::kMarked;
  const Timestamp forgotten = Timestamp::from_ns(file_->newest_forgotten_ns());
  const bool reaches_back = forgotten.ns() == 0 || sent_at > forgotten + kForgettingMargin;
  if (!file_->has_instance(instance) || !reaches_back) return SendEvidence::kProvesNothing;
  return SendEvidence::kNotSent;
}

}  // namespace everbit::net

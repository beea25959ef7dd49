#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "base/uuid.h"

namespace everbit::net {

// The mapped file of SendLedger, in the format described there. Not thread-safe.
class SendLedgerFile {
 public:
  // Makes the file, or takes over a sound one of this boot; any other is renamed to "<name>.bad"
  // or, if it is only of another boot, "<name>.old". Codes: LEDGER_OPEN, LEDGER_LOCKED.
  static Result<std::unique_ptr<SendLedgerFile>> open(const std::filesystem::path& path,
                                                      const Uuid& boot);
  ~SendLedgerFile();
  SendLedgerFile(const SendLedgerFile&) = delete;
  SendLedgerFile& operator=(const SendLedgerFile&) = delete;

  void add_instance(const Uuid& instance) noexcept;
  void add_slot(const Uuid& attempt, const Uuid& instance,
                const std::array<std::uint8_t, 16>& token, std::int64_t now_ns) noexcept;
  [[nodiscard]] bool has_instance(const Uuid& instance) const noexcept;
  [[nodiscard]] bool has_attempt(const Uuid& attempt) const noexcept;
  // Zero if no mark was overwritten yet.
  [[nodiscard]] std::int64_t newest_forgotten_ns() const noexcept;

 private:
  struct Header;
  struct Slot;
  struct Layout;
  enum class Verdict { kSound, kOtherBoot, kBad };

  SendLedgerFile(int descriptor, Layout* layout) : descriptor_(descriptor), layout_(layout) {}
  static Result<std::unique_ptr<SendLedgerFile>> map(int descriptor);
  void format(const Uuid& boot) noexcept;
  [[nodiscard]] Verdict judge(const Uuid& boot) const noexcept;
  [[nodiscard]] bool has_sound_slots() const noexcept;

  const int descriptor_;
  Layout* const layout_;
};

}  // namespace everbit::net

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "base/uuid.h"

namespace everbit::net {

class SendLedgerFile;

// What the ledger can say about an attempt after a crash.
enum class SendEvidence {
  kMarked,         // the first byte may have left
  kNotSent,        // proof: the process ended before the first byte
  kProvesNothing,  // another boot, an unknown instance, or older than the ring reaches
};

// A small memory-mapped file that tells, after a crash of the process, which attempts may have been
// on the wire. A mark is a store to memory and survives the process, not the machine: the boot id
// in the file decides.
//
// Format, version 1, little endian, 4096 + 4096 × 64 bytes:
//
//   header, 4096 bytes                              slot, 64 bytes
//      0  8  magic "EBSENDL1"                          0 16  attempt id
//      8  4  version                                  16 16  instance id
//     12  4  number of slots                          32 16  first half of SHA-256(sent_token)
//     16 16  boot id                                  48  8  time of the mark, ns since 1970
//     32  4  CRC-32 of bytes 0..31                    56  4  1 = used, 0 = empty
//     40  8  slots written since the file was made    60  4  CRC-32 of bytes 0..59
//     48  8  newest time among overwritten slots
//     56  8  instances written since the file was made
//     64  64 × 24: instance id, CRC-32 of it, 0
//
// Slots and instances are rings. Overwriting is bounded in what it forgets: an attempt sent within
// a minute of the newest overwritten mark, or before it, can no longer be proven unsent; a
// forgotten instance neither. A file that fails any check is renamed to "<name>.bad" and proves
// nothing.
//
// One process at a time (flock). Any thread. Owned by the application.
class SendLedger {
 public:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kInstances = 64;

  // Opens or makes the file and enters `instance`. Codes: LEDGER_OPEN, LEDGER_LOCKED (another
  // process has it).
  static Result<std::unique_ptr<SendLedger>> open(const std::filesystem::path& path,
                                                  const Uuid& instance, const Clock& clock);
  // The same with the boot id given; for tests.
  static Result<std::unique_ptr<SendLedger>> open(const std::filesystem::path& path,
                                                  const Uuid& instance, const Clock& clock,
                                                  const Uuid& boot);
  ~SendLedger();
  SendLedger(const SendLedger&) = delete;
  SendLedger& operator=(const SendLedger&) = delete;

  // The hash that mark() wants; made beforehand, so that nothing is computed between gate and first
  // byte.
  using TokenHash = std::array<std::uint8_t, 16>;
  static TokenHash hash_token(std::string_view sent_token);

  // Marks the attempt for this instance. False if it was marked before, by any instance the ring
  // remembers: then it must not be sent. No system call, no allocation.
  bool mark(const Uuid& attempt, const TokenHash& token) noexcept;

  // What is known of an attempt that `instance` (the one in its sent_token) moved to SENT at
  // `sent_at`.
  SendEvidence evidence(const Uuid& attempt, const Uuid& instance, Timestamp sent_at) const;

 private:
  SendLedger(std::unique_ptr<SendLedgerFile> file, const Uuid& instance, const Clock& clock);

  mutable std::mutex mutex_;
  const std::unique_ptr<SendLedgerFile> file_;
  const Uuid instance_;
  const Clock& clock_;
};

}  // namespace everbit::net

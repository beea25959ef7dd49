#include "net/send_ledger_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.h"
#include "net/send_ledger.h"

namespace everbit::net {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little endian");

constexpr std::array<char, 8> kMagic = {'E', 'B', 'S', 'E', 'N', 'D', 'L', '1'};
constexpr std::uint32_t kVersion = 1;

std::uint32_t crc(const void* data, std::size_t size) {
  return static_cast<std::uint32_t>(
      crc32(0, static_cast<const Bytef*>(data), static_cast<uInt>(size)));
}

Error open_error(const std::string& what) {
  return Error("LEDGER_OPEN", "send.ledger: " + what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

int open_file(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
}

void rename_aside(const std::filesystem::path& path, const char* suffix) {
  log_warn("send_ledger_set_aside", {{"suffix", suffix}});
  std::error_code ignored;
  std::filesystem::rename(path, path.string() + suffix, ignored);
}

}  // namespace

struct InstanceEntry {
  Uuid::Bytes id;
  std::uint32_t crc;
  std::uint32_t reserved;
};

struct SendLedgerFile::Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t slots;
  Uuid::Bytes boot;
  std::uint32_t crc;
  std::uint32_t reserved;
  std::uint64_t slots_written;
  std::int64_t newest_forgotten_ns;
  std::uint64_t instances_written;
  std::array<InstanceEntry, SendLedger::kInstances> instances;
};

struct SendLedgerFile::Slot {
  Uuid::Bytes attempt;
  Uuid::Bytes instance;
  std::array<std::uint8_t, 16> token;
  std::int64_t time_ns;
  std::uint32_t used;
  std::uint32_t crc;
};

struct SendLedgerFile::Layout {
  Header header;
  std::array<char, 4096 - sizeof(Header)> unused;
  std::array<Slot, SendLedger::kSlots> slots;

  static constexpr std::size_t kSealedHeader = offsetof(Header, crc);
  static constexpr std::size_t kSealedSlot = offsetof(Slot, crc);
};

SendLedgerFile::~SendLedgerFile() {
  munmap(layout_, sizeof(Layout));
  ::close(descriptor_);
}

Result<std::unique_ptr<SendLedgerFile>> SendLedgerFile::map(int descriptor) {
  static_assert(sizeof(Slot) == 64 && sizeof(Layout) == 4096 + 64 * SendLedger::kSlots);
  static_assert(offsetof(Header, slots_written) == 40 && offsetof(Header, instances) == 64);
  Descriptor owned(descriptor);
  void* const address =
      mmap(nullptr, sizeof(Layout), PROT_READ | PROT_WRITE, MAP_SHARED, owned.get(), 0);
  if (address == MAP_FAILED) return open_error("mmap");
  return std::unique_ptr<SendLedgerFile>(
      new SendLedgerFile(owned.release(), static_cast<Layout*>(address)));
}

Result<std::unique_ptr<SendLedgerFile>> SendLedgerFile::open(const std::filesystem::path& path,
                                                             const Uuid& boot) {
  // Twice at most: a file that was set aside is made anew.
  for (int round = 0; round < 2; ++round) {
    Descriptor file(open_file(path));
    struct stat info {};
    if (file.get() < 0 || fstat(file.get(), &info) != 0) return open_error("open");
    if (!S_ISREG(info.st_mode)) return Error("LEDGER_OPEN", "send.ledger is not a regular file");
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      return Error("LEDGER_LOCKED", "send.ledger is used by another process");
    }
    const bool is_new = info.st_size == 0;
    if (!is_new && info.st_size != sizeof(Layout)) {
      rename_aside(path, ".bad");
      continue;
    }
    // Room is taken now: a store into a hole of a full disk would kill the process.
    if (posix_fallocate(file.get(), 0, sizeof(Layout)) != 0) return open_error("no room");
    auto mapped = map(file.release());
    if (!mapped) return mapped.error();
    if (is_new) (*mapped)->format(boot);
    const Verdict verdict = (*mapped)->judge(boot);
    if (verdict == Verdict::kSound) return mapped;
    rename_aside(path, verdict == Verdict::kOtherBoot ? ".old" : ".bad");
  }
  return Error("LEDGER_OPEN", "send.ledger cannot be made anew");
}

void SendLedgerFile::format(const Uuid& boot) noexcept {
  Header& header = layout_->header;
  header.magic = kMagic;
  header.version = kVersion;
  header.slots = SendLedger::kSlots;
  header.boot = boot.bytes();
  header.crc = crc(&header, Layout::kSealedHeader);
}

SendLedgerFile::Verdict SendLedgerFile::judge(const Uuid& boot) const noexcept {
  const Header& header = layout_->header;
  const bool sound = header.magic == kMagic && header.version == kVersion &&
                     header.slots == SendLedger::kSlots &&
                     header.crc == crc(&header, Layout::kSealedHeader) && has_sound_slots();
  if (!sound) return Verdict::kBad;
  return header.boot == boot.bytes() ? Verdict::kSound : Verdict::kOtherBoot;
}

bool SendLedgerFile::has_sound_slots() const noexcept {
  const Header& header = layout_->header;
  for (std::size_t i = 0; i < header.instances.size(); ++i) {
    const InstanceEntry& entry = header.instances[i];
    if (i < header.instances_written && entry.crc != crc(&entry.id, sizeof entry.id)) return false;
  }
  std::uint64_t used = 0;
  for (const Slot& slot : layout_->slots) {
    if (slot.used > 1) return false;
    if (slot.used == 1 && slot.crc != crc(&slot, Layout::kSealedSlot)) return false;
    used += slot.used;
  }
  return used == std::min<std::uint64_t>(header.slots_written, SendLedger::kSlots);
}

void SendLedgerFile::add_instance(const Uuid& instance) noexcept {
  Header& header = layout_->header;
  InstanceEntry& entry = header.instances[header.instances_written % header.instances.size()];
  entry.id = instance.bytes();
  entry.crc = crc(&entry.id, sizeof entry.id);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ++header.instances_written;
}

void SendLedgerFile::add_slot(const Uuid& attempt, const Uuid& instance,
                              const std::array<std::uint8_t, 16>& token,
                              std::int64_t now_ns) noexcept {
  Header& header = layout_->header;
  Slot& slot = layout_->slots[header.slots_written % SendLedger::kSlots];
  if (slot.used == 1) {
    header.newest_forgotten_ns = std::max(header.newest_forgotten_ns, slot.time_ns);
  }
  // The order of the stores matters if the process dies between two of them: the old mark is
  // declared forgotten before it goes, and a slot that is half written or not yet counted makes the
  // file unsound.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  slot = Slot{attempt.bytes(), instance.bytes(), token, now_ns, 1, 0};
  slot.crc = crc(&slot, Layout::kSealedSlot);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  ++header.slots_written;
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

bool SendLedgerFile::has_instance(const Uuid& instance) const noexcept {
  const Header& header = layout_->header;
  const std::size_t count =
      std::min<std::size_t>(header.instances_written, header.instances.size());
  return std::any_of(header.instances.begin(), header.instances.begin() + count,
                     [&](const InstanceEntry& entry) { return entry.id == instance.bytes(); });
}

bool SendLedgerFile::has_attempt(const Uuid& attempt) const noexcept {
  return std::any_of(layout_->slots.begin(), layout_->slots.end(), [&](const Slot& slot) {
    return slot.used == 1 && slot.attempt == attempt.bytes();
  });
}

std::int64_t SendLedgerFile::newest_forgotten_ns() const noexcept {
  return layout_->header.newest_forgotten_ns;
}

}  // namespace everbit::net

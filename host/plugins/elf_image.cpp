#include "plugins/elf_image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/random.h"
#include "everbit/manifest.h"

namespace everbit::plugins {

namespace {

constexpr std::size_t kMaxHeaders = 64;
constexpr std::size_t kMaxDynamic = 4096;
constexpr std::size_t kMaxSymbols = 1'000'000;
constexpr std::size_t kMaxName = 64 * 1024;
constexpr std::size_t kMaxManifest = 64 * 1024;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "the plugin ABI is defined for x86-64 and aarch64"
#endif

Error truncated(std::string what) {
  return {"PLUGIN_TRUNCATED", "the file is cut off: " + std::move(what) + " lies outside of it"};
}
Error malformed(std::string what) { return {"PLUGIN_ELF_MALFORMED", std::move(what)}; }

}  // namespace

// One pass over the bytes. Every step returns an Error or fills the image.
class ElfReader {
 public:
  explicit ElfReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Result<ElfImage> read() {
    for (const auto step :
         {&ElfReader::read_header, &ElfReader::read_segments, &ElfReader::read_notes,
          &ElfReader::read_dynamic, &ElfReader::read_needed, &ElfReader::read_symbols}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return std::move(image_);
  }

 private:
  struct SymbolTables {
    std::optional<std::uint64_t> strings, symbols, hash, gnu_hash;
    std::uint64_t strings_size = 0;
    std::uint64_t entry_size = sizeof(Elf64_Sym);
  };

  bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }

  template <class T>
  std::optional<T> at(std::uint64_t offset) const {
    if (!holds(offset, sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  // Where in the file the byte stands that will be mapped at this address.
  std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const auto& segment : segments_) {
      if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
      const std::uint64_t inside = address - segment.p_vaddr;
      if (inside < segment.p_filesz) return segment.p_offset + inside;
    }
    return std::nullopt;
  }

  std::optional<std::string> string_at(std::uint64_t offset) const {
    if (!tables_.strings || offset >= tables_.strings_size) return std::nullopt;
    const auto* start = reinterpret_cast<const char*>(bytes_.data() + *tables_.strings + offset);
    const std::size_t limit = std::min<std::size_t>(tables_.strings_size - offset, kMaxName);
    const auto* end = static_cast<const char*>(std::memchr(start, 0, limit));
    if (end == nullptr) return std::nullopt;
    return std::string(start, end);
  }

  Result<void> read_header() {
    if (bytes_.size() < SELFMAG || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0) {
      return Error("PLUGIN_NOT_ELF", "the file is no ELF object");
    }
    const auto header = at<Elf64_Ehdr>(0);
    if (!header) return truncated("its header");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != kMachine || header->e_type != ET_DYN) {
      return Error("PLUGIN_ELF_CLASS", "the file is no 64-bit shared object for this machine");
    }
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > kMaxHeaders) {
      return malformed("its program headers have an unknown shape");
    }
    // The section table is not used, but it is what a cut-off file lacks first.
    const std::uint64_t sections = std::uint64_t{header->e_shnum} * header->e_shentsize;
    if (header->e_shoff != 0 && !holds(header->e_shoff, sections)) return truncated("its end");
    for (std::uint64_t n = 0; n < header->e_phnum; ++n) {
      if (header->e_phoff > bytes_.size()) return truncated("the program headers");
      const auto segment = at<Elf64_Phdr>(header->e_phoff + n * sizeof(Elf64_Phdr));
      if (!segment) return truncated("the program headers");
      segments_.push_back(*segment);
    }
    return {};
  }

  Result<void> read_segments() {
    for (const auto& segment : segments_) {
      if (segment.p_type == PT_GNU_STACK && (segment.p_flags & PF_X) != 0) {
        image_.has_executable_stack_ = true;
      }
      if (segment.p_type != PT_LOAD && segment.p_type != PT_NOTE && segment.p_type != PT_DYNAMIC) {
        continue;
      }
      if (!holds(segment.p_offset, segment.p_filesz)) return truncated("a segment");
      if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0) {
        image_.fixed_segments_.push_back({segment.p_offset, segment.p_vaddr, segment.p_filesz});
      }
    }
    if (image_.fixed_segments_.empty()) return malformed("nothing of it would be loaded");
    return {};
  }

  Result<void> read_notes() {
    for (const auto& segment : segments_) {
      if (segment.p_type != PT_NOTE) continue;
      const std::uint64_t alignment = segment.p_align == 8 ? 8 : 4;
      std::uint64_t position = segment.p_offset;
      const std::uint64_t end = segment.p_offset + segment.p_filesz;
      while (end - position >= sizeof(Elf64_Nhdr)) {
        const auto note = at<Elf64_Nhdr>(position);
        const auto aligned = [&](std::uint64_t n) {
          return (n + alignment - 1) & ~(alignment - 1);
        };
        const std::uint64_t name = position + sizeof(Elf64_Nhdr);
        const std::uint64_t text = name + aligned(note->n_namesz);
        if (text > end || note->n_descsz > end - text) return truncated("a note");
        take_note(*note, bytes_.subspan(name, note->n_namesz),
                  bytes_.subspan(text, note->n_descsz));
        position = std::min(end, text + aligned(note->n_descsz));
      }
    }
    return {};
  }

  void take_note(const Elf64_Nhdr& note, std::span<const std::byte> name,
                 std::span<const std::byte> text) {
    const auto named = [&](std::string_view wanted) {
      return name.size() == wanted.size() + 1 &&
             std::memcmp(name.data(), wanted.data(), wanted.size()) == 0;
    };
    if (note.n_type == NT_GNU_BUILD_ID && named("GNU") && text.size() <= 64) {
      image_.build_id_ = to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    if (note.n_type == EB_NOTE_TYPE && named(EB_NOTE_NAME) && text.size() <= kMaxManifest) {
      ++image_.manifest_count_;
      image_.manifest_.assign(reinterpret_cast<const char*>(text.data()), text.size());
      while (image_.manifest_.ends_with('\0')) image_.manifest_.pop_back();
    }
  }

  Result<void> read_dynamic() {
    const auto found = std::ranges::find(segments_, Elf64_Word{PT_DYNAMIC}, &Elf64_Phdr::p_type);
    if (found == segments_.end()) return malformed("it has no dynamic section");
    const std::uint64_t count =
        std::min<std::uint64_t>(found->p_filesz / sizeof(Elf64_Dyn), kMaxDynamic);
    for (std::uint64_t n = 0; n < count; ++n) {
      const auto entry = at<Elf64_Dyn>(found->p_offset + n * sizeof(Elf64_Dyn));
      if (!entry) return truncated("the dynamic section");
      if (entry->d_tag == DT_NULL) break;
      take_dynamic(*entry);
    }
    if (!tables_.strings || !tables_.symbols) return malformed("it has no dynamic symbols");
    if (tables_.entry_size != sizeof(Elf64_Sym))
      return malformed("its symbols have a strange size");
    if (!holds(*tables_.strings, tables_.strings_size)) return truncated("the string table");
    return {};
  }

  void take_dynamic(const Elf64_Dyn& entry) {
    const std::uint64_t value = entry.d_un.d_val;
    switch (entry.d_tag) {
      case DT_NEEDED:
        needed_offsets_.push_back(value);
        break;
      case DT_STRTAB:
        tables_.strings = offset_of(value);
        break;
      case DT_STRSZ:
        tables_.strings_size = value;
        break;
      case DT_SYMTAB:
        tables_.symbols = offset_of(value);
        break;
      case DT_SYMENT:
        tables_.entry_size = value;
        break;
      case DT_HASH:
        tables_.hash = offset_of(value);
        break;
      case DT_GNU_HASH:
        tables_.gnu_hash = offset_of(value);
        break;
      case DT_RPATH:
      case DT_RUNPATH:
        image_.has_rpath_ = true;
        break;
      case DT_TEXTREL:
        image_.has_text_relocations_ = true;
        break;
      case DT_BIND_NOW:
        image_.binds_now_ = true;
        break;
      case DT_FLAGS:
        image_.binds_now_ = image_.binds_now_ || (value & DF_BIND_NOW) != 0;
        image_.has_text_relocations_ = image_.has_text_relocations_ || (value & DF_TEXTREL) != 0;
        break;
      case DT_FLAGS_1:
        image_.binds_now_ = image_.binds_now_ || (value & DF_1_NOW) != 0;
        break;
      default:
        break;
    }
  }

  Result<void> read_needed() {
    for (const std::uint64_t offset : needed_offsets_) {
      auto name = string_at(offset);
      if (!name) return truncated("the name of a needed library");
      image_.needed_.push_back(std::move(*name));
    }
    return {};
  }

  Result<void> read_symbols() {
    const auto count = symbol_count();
    if (!count) return truncated("the symbol hash table");
    if (*count > kMaxSymbols) return malformed("it names too many symbols");
    for (std::uint64_t n = 1; n < *count; ++n) {
      const auto symbol = at<Elf64_Sym>(*tables_.symbols + n * sizeof(Elf64_Sym));
      if (!symbol) return truncated("the symbol table");
      const unsigned binding = ELF64_ST_BIND(symbol->st_info);
      if (binding == STB_LOCAL) continue;
      auto name = string_at(symbol->st_name);
      if (!name) return truncated("the name of a symbol");
      if (symbol->st_shndx == SHN_UNDEF) {
        image_.imports_.push_back(std::move(*name));
      } else {
        const unsigned type = ELF64_ST_TYPE(symbol->st_info);
        image_.exports_.push_back({std::move(*name), type == STT_FUNC, binding == STB_GNU_UNIQUE});
      }
    }
    return {};
  }

  // The dynamic section does not tell how many symbols there are; the hash tables do.
  std::optional<std::uint64_t> symbol_count() const {
    if (tables_.hash) {
      const auto chains = at<std::uint32_t>(*tables_.hash + sizeof(std::uint32_t));
      return chains ? std::optional<std::uint64_t>(*chains) : std::nullopt;
    }
    if (!tables_.gnu_hash) return std::nullopt;
    const auto buckets = at<std::uint32_t>(*tables_.gnu_hash);
    const auto first = at<std::uint32_t>(*tables_.gnu_hash + 4);
    const auto bloom = at<std::uint32_t>(*tables_.gnu_hash + 8);
    if (!buckets || !first || !bloom || *buckets > kMaxSymbols) return std::nullopt;
    const std::uint64_t table = *tables_.gnu_hash + 16 + std::uint64_t{*bloom} * 8;
    std::uint64_t last = 0;
    for (std::uint64_t n = 0; n < *buckets; ++n) {
      const auto head = at<std::uint32_t>(table + n * 4);
      if (!head) return std::nullopt;
      last = std::max<std::uint64_t>(last, *head);
    }
    if (last < *first) return *first;
    const std::uint64_t chains = table + std::uint64_t{*buckets} * 4;
    for (; last < kMaxSymbols; ++last) {
      const auto link = at<std::uint32_t>(chains + (last - *first) * 4);
      if (!link) return std::nullopt;
      if ((*link & 1U) != 0) return last + 1;
    }
    return std::nullopt;
  }

  std::span<const std::byte> bytes_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<std::uint64_t> needed_offsets_;
  SymbolTables tables_;
  ElfImage image_;
};

Result<ElfImage> ElfImage::parse(std::span<const std::byte> bytes) {
  return ElfReader(bytes).read();
}

}  // namespace everbit::plugins

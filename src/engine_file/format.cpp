#include "engine_file/format.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>

#include "base/hash.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

static_assert(std::endian::native == std::endian::little, "engine files are little-endian");

struct Header {
  std::array<unsigned char, 8> magic = kEngineMagic;
  std::uint32_t format = kEngineFormat;
  std::uint32_t sections = 0;
  std::uint64_t length = 0;    ///< Of the whole file.
  std::uint64_t checksum = 0;  ///< Of the header with 0 in its place, and the table.
};
struct Entry {
  std::array<char, 8> name{};
  std::uint64_t offset = 0, length = 0, checksum = 0;
};
static_assert(sizeof(Header) == 32 && sizeof(Entry) == 32, "no padding that isn't written");

constexpr std::size_t kMostSections = 64;

std::uint64_t table_checksum(Header header, std::span<const std::byte> table) {
  header.checksum = 0;
  std::vector<std::byte> bytes(sizeof header + table.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  std::copy(table.begin(), table.end(), bytes.begin() + sizeof header);
  return hash64(bytes);
}

std::string name_of(const Entry& entry) {
  return {entry.name.data(), ::strnlen(entry.name.data(), entry.name.size())};
}

[[noreturn]] void refuse(const std::string& where, const std::string& message) {
  throw Error(ErrorCode::format, where, message);
}

Header read_header(std::span<const std::byte> bytes, const std::string& where) {
  if (!is_engine(bytes)) refuse(where, "isn't an engine file, which `colonnade build` makes");
  Header header;
  if (bytes.size() < sizeof header) {
    refuse(where, fmt::format("is a truncated engine file: it ends inside its header, after {} "
                              "bytes; copy it again or rebuild it",
                              bytes.size()));
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.format != kEngineFormat) {
    const bool newer = header.format > kEngineFormat;
    throw Error(ErrorCode::unsupported, where,
                fmt::format("is an engine file of {} format {}, this Colonnade reads format {}: {}",
                            newer ? "the newer" : "the older", header.format, kEngineFormat,
                            newer ? "take a newer Colonnade, or rebuild it with this one"
                                  : "rebuild it with `colonnade build`"));
  }
  if (bytes.size() < header.length) {
    refuse(where, fmt::format("is a truncated engine file: it has {} of {} bytes; copy it again or "
                              "rebuild it",
                              bytes.size(), header.length));
  }
  if (bytes.size() > header.length) {
    refuse(where, fmt::format("is a damaged engine file: it has {} bytes where its header says {}; "
                              "copy it again or rebuild it",
                              bytes.size(), header.length));
  }
  return header;
}

}  // namespace

bool is_engine(std::span<const std::byte> bytes) noexcept {
  return bytes.size() >= kEngineMagic.size() &&
         std::memcmp(bytes.data(), kEngineMagic.data(), kEngineMagic.size()) == 0;
}

bool is_engine_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // A FIFO mustn't block.
  if (fd < 0) return false;
  std::array<std::byte, kEngineMagic.size()> head{};
  struct stat info {};
  const bool regular = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  const ssize_t count = regular ? ::read(fd, head.data(), head.size()) : 0;
  ::close(fd);
  return count == static_cast<ssize_t>(head.size()) && is_engine(head);
}

void refuse_false_engine(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::path(path).extension() != ".engine") return;
  if (!std::filesystem::is_regular_file(path, failure) || is_engine_file(path)) return;
  refuse(
      path,
      "isn't an engine file, which `colonnade build` makes (a plan that TensorRT wrote by itself "
      "goes with --backend tensorrt)");
}

std::vector<std::byte> frame_sections(std::span<const Section> sections) {
  const auto aligned = [](std::size_t at) {
    return (at + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
  };
  std::vector<Entry> table(sections.size());
  std::size_t end = sizeof(Header) + table.size() * sizeof(Entry);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const Section& section = sections[i];
    if (section.name.empty() || section.name.size() > table[i].name.size()) {
      throw Error(ErrorCode::internal, "a section's name has 1 to 8 characters: " + section.name);
    }
    std::copy(section.name.begin(), section.name.end(), table[i].name.begin());
    table[i].offset = aligned(end);
    table[i].length = section.bytes.size();
    table[i].checksum = hash64(section.bytes);
    end = static_cast<std::size_t>(table[i].offset) + section.bytes.size();
  }
  const auto table_bytes = std::as_bytes(std::span(table));
  Header header;
  header.sections = static_cast<std::uint32_t>(sections.size());
  header.length = end;
  header.checksum = table_checksum(header, table_bytes);

  std::vector<std::byte> file(end);
  std::memcpy(file.data(), &header, sizeof header);
  std::copy(table_bytes.begin(), table_bytes.end(), file.begin() + sizeof header);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    std::copy(sections[i].bytes.begin(), sections[i].bytes.end(),
              file.begin() + static_cast<std::ptrdiff_t>(table[i].offset));
  }
  return file;
}

std::vector<Section> read_sections(std::span<const std::byte> bytes, const std::string& where) {
  const Header header = read_header(bytes, where);
  const auto table_fits = header.sections <= kMostSections &&
                          header.sections * sizeof(Entry) <= bytes.size() - sizeof header;
  const auto table = bytes.subspan(sizeof header, table_fits ? header.sections * sizeof(Entry) : 0);
  if (!table_fits || table_checksum(header, table) != header.checksum) {
    refuse(where,
           "is a damaged engine file: the checksum of its header and section table differs; "
           "copy it again or rebuild it");
  }
  std::vector<Section> sections;
  for (std::size_t i = 0; i < header.sections; ++i) {
    Entry entry;
    std::memcpy(&entry, table.data() + i * sizeof entry, sizeof entry);
    const std::string name = name_of(entry);
    if (entry.offset % kSectionAlignment != 0 || entry.offset > bytes.size() ||
        entry.length > bytes.size() - entry.offset) {
      refuse(where, fmt::format("is a damaged engine file: section '{}' of {} bytes should begin "
                                "at byte {} of {}",
                                name, entry.length, entry.offset, bytes.size()));
    }
    const auto content = bytes.subspan(static_cast<std::size_t>(entry.offset),
                                       static_cast<std::size_t>(entry.length));
    if (hash64(content) != entry.checksum) {
      refuse(where, fmt::format("is a damaged engine file: the checksum of its section '{}' "
                                "differs; copy it again or rebuild it",
                                name));
    }
    sections.push_back({name, content});
  }
  return sections;
}

std::span<const std::byte> find_section(std::span<const Section> sections, std::string_view name,
                                        const std::string& where) {
  for (const Section& section : sections) {
    if (section.name == name) return section.bytes;
  }
  refuse(where, fmt::format("is a damaged engine file: it has no section '{}'", name));
}

}  // namespace colonnade

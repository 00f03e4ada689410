// Whole files in and out, with errors that name them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace colonnade {

/// More than any file that Colonnade reads has, but for weights and tensors.
inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 31;

/// A file's bytes, read at once: a file that somebody cuts meanwhile is a short one, where a
/// mapping would end the process.
class WholeFile {
 public:
  static constexpr std::size_t kAlignment = 64;
  /// Error(io): missing, not a file, unreadable. Error(limit): more than `most` bytes, which are
  /// counted before anything is allocated (a sparse file may claim any size).
  static std::shared_ptr<const WholeFile> read(const std::string& path,
                                               std::size_t most = kMaxFileBytes);
  /// They begin at a multiple of kAlignment, so that tensors may lie in them.
  std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  WholeFile() = default;
  std::shared_ptr<void> owner_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Written to a temporary name beside `path`, then renamed: a reader never sees half a file. A
/// device or a pipe is written to as it is. Error(io).
void write_file(const std::string& path, std::span<const std::byte> bytes);
void write_file(const std::string& path, std::string_view text);

/// As write_file, and on the disk when it returns: what a power cut leaves is the old file or the
/// new one. Unfinished files that killed writers left beside `path` are removed. Any number of
/// processes may write one path at once: the last one's file stays. Error(io).
void write_file_durably(const std::string& path, std::span<const std::byte> bytes);

}  // namespace colonnade

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>

#include "base/sizes.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* deed, int error = errno) {
  throw Error(ErrorCode::io, path, fmt::format("can't be {}: {}", deed, std::strerror(error)));
}

/// 0, or errno of what failed.
int write_bytes(const char* path, std::span<const std::byte> bytes) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return errno;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  return std::fclose(file) != 0 ? errno : written ? 0 : error;
}

}  // namespace

std::shared_ptr<const WholeFile> WholeFile::read(const std::string& path, std::size_t most) {
  if (path.empty()) throw Error(ErrorCode::io, "expected a file's name, found an empty one");
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // A FIFO mustn't block.
  if (fd < 0) refuse(path, "read");
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{fd};
  struct stat info {};
  if (::fstat(fd, &info) != 0) refuse(path, "read");
  if (!S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::io, path,
                S_ISDIR(info.st_mode)
                    ? "is a folder; expected a file"
                    : "is a pipe or a device; expected a file, so save its bytes in one");
  }
  const auto size = checked_cast<std::size_t>(info.st_size, path, "its size");
  if (size > most) {
    throw Error(ErrorCode::limit, path,
                fmt::format("has {} bytes; at most {} of such a file are read", size, most));
  }
  std::shared_ptr<WholeFile> file(new WholeFile);
  file->data_.reset(new (std::nothrow) std::byte[size]);
  if (!file->data_)
    throw Error(ErrorCode::limit, path, fmt::format("no memory for {} bytes", size));
  while (file->size_ < size) {
    const ssize_t count = ::read(fd, file->data_.get() + file->size_, size - file->size_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(path, "read");
    if (count == 0) break;
    file->size_ += static_cast<std::size_t>(count);
  }
  return file;
}

void write_file(const std::string& path, std::span<const std::byte> bytes) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    throw Error(ErrorCode::io, path, "is a folder; expected a file to write");
  }
  if (exists && !S_ISREG(info.st_mode)) {  // Renaming would put a file in a device's place.
    if (const int error = write_bytes(path.c_str(), bytes)) refuse(path, "written", error);
    return;
  }
  // A link stays one: what it leads to is replaced.
  const std::string target = exists ? std::filesystem::canonical(path).string() : path;
  const std::string temporary = target + ".partial-" + std::to_string(::getpid());
  int error = write_bytes(temporary.c_str(), bytes);
  if (error == 0 && std::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return;
  std::remove(temporary.c_str());
  refuse(path, "written", error);
}

void write_file(const std::string& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace colonnade

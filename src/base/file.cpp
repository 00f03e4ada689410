#include "base/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

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

std::shared_ptr<MappedFile> MappedFile::open(const std::string& path) {
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
  std::shared_ptr<MappedFile> file(new MappedFile);
  file->size_ = static_cast<std::size_t>(info.st_size);
  if (file->size_ == 0) return file;
  void* data = ::mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED) refuse(path, "read");
  file->data_ = static_cast<const std::byte*>(data);
  return file;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
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

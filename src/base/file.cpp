#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>

#include "base/large_block.hpp"
#include "base/sizes.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

std::shared_ptr<void> small_block(std::size_t bytes) {
  constexpr std::align_val_t kAlignment{WholeFile::kAlignment};
  return {::operator new(bytes, kAlignment, std::nothrow),
          [](void* data) { ::operator delete(data, kAlignment); }};
}

[[noreturn]] void refuse(const std::string& path, const char* deed, int error = errno) {
  throw Error(ErrorCode::io, path, fmt::format("can't be {}: {}", deed, std::strerror(error)));
}

/// 0, or errno of what failed.
int write_to_device(const char* path, std::span<const std::byte> bytes) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) return errno;
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  return std::fclose(file) != 0 ? errno : written ? 0 : error;
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// What is written beside `target` before it takes its place. Its writer holds a lock on it, so
/// that a file without one is known to be a killed writer's.
class PartialFile {
 public:
  explicit PartialFile(const std::string& target) {
    static std::atomic<unsigned> count = 0;
    do {
      if (fd_ >= 0) ::close(fd_);
      path_ = fmt::format("{}{}{}-{}", target, kMark, ::getpid(), ++count);
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd_ < 0 && errno != EEXIST) return;
    } while (fd_ < 0 || !lock());
  }
  ~PartialFile() {
    if (fd_ < 0) return;
    ::close(fd_);
    if (!moved_) ::unlink(path_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  /// errno says why not; of the other members as well.
  bool is_open() const { return fd_ >= 0; }
  bool write(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }
  bool sync() const { return ::fsync(fd_) == 0; }
  bool move_to(const std::string& target) {
    moved_ = ::rename(path_.c_str(), target.c_str()) == 0;
    return moved_;
  }

  static void remove_unfinished(const std::string& target) {
    namespace fs = std::filesystem;
    const std::string prefix = fs::path(target).filename().string() + kMark;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder_of(target), failure)) {
      if (entry.path().filename().string().rfind(prefix, 0) != 0) continue;
      const int fd = ::open(entry.path().c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
      if (fd < 0) continue;
      if (::flock(fd, LOCK_EX | LOCK_NB) == 0) ::unlink(entry.path().c_str());
      ::close(fd);
    }
  }

 private:
  static constexpr const char* kMark = ".partial-";

  // Between open and lock somebody may have taken it for a killed writer's. A file system without
  // locks (some of the network) keeps what killed writers leave.
  bool lock() const {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    struct stat info {};
    return ::fstat(fd_, &info) == 0 && info.st_nlink > 0;
  }

  std::string path_;
  int fd_ = -1;
  bool moved_ = false;
};

/// The folder's own entry of a renamed file. File systems that can't (some of the network) have
/// done what they do by then.
void sync_folder(const std::string& target) {
  const int fd = ::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

enum class Durable : bool { no, yes };

void replace(const std::string& path, std::span<const std::byte> bytes, Durable durable) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    throw Error(ErrorCode::io, path, "is a folder; expected a file to write");
  }
  if (exists && !S_ISREG(info.st_mode)) {  // Renaming would put a file in a device's place.
    if (const int error = write_to_device(path.c_str(), bytes)) refuse(path, "written", error);
    return;
  }
  // A link stays one: what it leads to is replaced.
  const std::string target = exists ? std::filesystem::canonical(path).string() : path;
  if (durable == Durable::yes) PartialFile::remove_unfinished(target);
  PartialFile partial(target);
  const bool written = partial.is_open() && partial.write(bytes) &&
                       (durable == Durable::no || partial.sync()) && partial.move_to(target);
  if (!written) refuse(path, "written");
  if (durable == Durable::yes) sync_folder(target);
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
  file->owner_ = size >= kLargePage ? large_block(size) : small_block(size);
  file->data_ = static_cast<std::byte*>(file->owner_.get());
  if (!file->data_)
    throw Error(ErrorCode::limit, path, fmt::format("no memory for {} bytes", size));
  while (file->size_ < size) {
    const ssize_t count = ::read(fd, file->data_ + file->size_, size - file->size_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(path, "read");
    if (count == 0) break;
    file->size_ += static_cast<std::size_t>(count);
  }
  return file;
}

void write_file(const std::string& path, std::span<const std::byte> bytes) {
  replace(path, bytes, Durable::no);
}

void write_file(const std::string& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text.data(), text.size())));
}

void write_file_durably(const std::string& path, std::span<const std::byte> bytes) {
  replace(path, bytes, Durable::yes);
}

}  // namespace colonnade

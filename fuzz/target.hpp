// What every target shares: an input as a file, and what counts as an answer.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "colonnade/error.hpp"

/// libFuzzer's entrance; each target defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace colonnade::fuzz {

/// Ends the process: libFuzzer keeps the input and reports a finding.
[[noreturn]] inline void finding(const std::string& what) {
  std::fprintf(stderr, "FINDING: %s\n", what.c_str());
  std::abort();
}

/// One printable sentence of bounded length, and never "a defect in Colonnade".
inline void check_sentence(const Error& error) {
  constexpr std::size_t kLongest = 8192;
  const std::string_view text = error.what();
  if (error.code() == ErrorCode::internal) finding("internal error: " + std::string(text));
  if (text.empty() || text.size() > kLongest)
    finding("a message of " + std::to_string(text.size()));
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      finding("a message with control characters: " + std::string(text));
    }
  }
}

/// Whether `f` returned; an Error is the other answer. Any other exception is a finding.
template <typename F>
bool answers(F&& f) {
  try {
    f();
    return true;
  } catch (const Error& error) {
    check_sentence(error);
    return false;
  }
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

/// The input under a path, in memory: for readers that take a file's name.
class InputFile {
 public:
  InputFile(const std::uint8_t* data, std::size_t size) : fd_(::memfd_create("fuzz", 0)) {
    if (fd_ < 0 || ::write(fd_, data, size) != static_cast<ssize_t>(size)) {
      finding("the input can't be written");
    }
    path_ = "/proc/self/fd/" + std::to_string(fd_);
  }
  ~InputFile() { ::close(fd_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

}  // namespace colonnade::fuzz

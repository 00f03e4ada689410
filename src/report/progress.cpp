#include "report/progress.hpp"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

namespace colonnade {
namespace {

std::size_t columns_of(int fd) noexcept {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// The end of a name tells more than its start; never cut within a UTF-8 sign.
std::string tail(const std::string& name, std::size_t width) {
  if (name.size() <= width) return name;
  std::size_t from = name.size() - width;
  while (from < name.size() && (static_cast<unsigned char>(name[from]) & 0xc0U) == 0x80) ++from;
  return name.substr(from);
}

}  // namespace

Progress::Progress(std::size_t items, int fd)
    : items_(items), fd_(fd), active_(items > 1 && ::isatty(fd) == 1) {}

Progress::~Progress() {
  hide();
}

void Progress::start(const std::string& name) {
  ++started_;
  const auto now = std::chrono::steady_clock::now();
  if (!active_ || (drawn_ && now < redraw_at_)) return;
  redraw_at_ = now + std::chrono::milliseconds(50);  // Terminals are slower than small frames.
  constexpr std::size_t width = 24;
  const std::size_t done = std::min(started_ - 1, items_) * width / items_;
  const std::string bar = std::string(done, '=') + std::string(width - done, ' ');
  const std::string head = fmt::format("[{}] {}/{} ", bar, started_, items_);
  const std::size_t columns = columns_of(fd_) - 1;
  const std::string line =
      head.size() < columns ? head + tail(name, columns - head.size()) : head.substr(0, columns);
  put("\r\x1b[K" + line);
  drawn_ = true;
}

void Progress::hide() noexcept {
  if (drawn_) put("\r\x1b[K");
  drawn_ = false;
}

void Progress::put(const std::string& text) const noexcept {
  // A progress bar that can't be written is no reason to stop.
  [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
}

}  // namespace colonnade

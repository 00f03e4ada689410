// A progress bar that bothers nobody.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace colonnade {

/// Drawn only when there are several items and `fd` is a terminal; erased at the end, and by
/// `hide()` before anything else is written to the terminal.
class Progress {
 public:
  explicit Progress(std::size_t items, int fd = 2);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Before an item is worked on; `name` stands behind the bar.
  void start(const std::string& name);
  void hide() noexcept;

 private:
  void put(const std::string& text) const noexcept;

  std::size_t items_, started_ = 0;
  int fd_;
  bool active_, drawn_ = false;
  std::chrono::steady_clock::time_point redraw_at_{};
};

}  // namespace colonnade

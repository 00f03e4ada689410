// Dimensions of a tensor, in place: shapes change every frame and must not allocate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace colonnade {

inline constexpr std::size_t kMaxRank = 8;
inline constexpr std::int64_t kUnknownDim = -1;

class Shape {
 public:
  Shape() = default;  ///< Rank 0: a scalar.
  Shape(std::initializer_list<std::int64_t> dims);
  explicit Shape(std::span<const std::int64_t> dims);  ///< Throws Error(limit) beyond kMaxRank.

  std::size_t rank() const noexcept { return rank_; }
  std::int64_t operator[](std::size_t axis) const noexcept { return dims_[axis]; }
  std::int64_t& operator[](std::size_t axis) noexcept { return dims_[axis]; }
  const std::int64_t* begin() const noexcept { return dims_.data(); }
  const std::int64_t* end() const noexcept { return dims_.data() + rank_; }
  std::int64_t* begin() noexcept { return dims_.data(); }
  std::int64_t* end() noexcept { return dims_.data() + rank_; }
  void push_back(std::int64_t dim);
  void resize(std::size_t rank, std::int64_t fill = 1);

  bool is_static() const noexcept;  ///< No kUnknownDim.
  /// Product of the dims from axis `first` to before `last`. Throws Error(limit) on overflow and
  /// Error(internal) on an unknown dim.
  std::int64_t elements() const { return elements(0, rank_); }
  std::int64_t elements(std::size_t first, std::size_t last) const;

  friend bool operator==(const Shape& a, const Shape& b) noexcept;
  std::string to_string() const;  ///< "[1,64,?,432]"

 private:
  std::array<std::int64_t, kMaxRank> dims_{};
  std::uint8_t rank_ = 0;
};

/// NumPy broadcasting; kUnknownDim meets 1 or itself as unknown, meets n > 1 as n.
/// Throws Error(mismatch) naming both shapes.
Shape broadcast(const Shape& a, const Shape& b);

/// Axis counted from the end when negative; Error(invalid_argument) when outside [-rank, rank).
std::size_t normalize_axis(std::int64_t axis, std::size_t rank);

}  // namespace colonnade

// AMX: eight registers of 16 rows by 64 bytes, and products of one by another. By the instructions'
// names: an intrinsic's function would need the instruction set of its own, and what a compiler
// calls them differs. A test has the same in memory (tests/unit/cpu/amx_in_memory.cpp).
#pragma once

#include <cstdint>

namespace colonnade::cpu {

inline constexpr int kAmxRows = 16;      ///< Of a tile.
inline constexpr int kAmxRowBytes = 64;  ///< A row's: 16 words.

#if defined(__x86_64__)

/// Tiles are numbers. A process needs the system's permission first (Isa::amx is usable).
class AmxTiles {
 public:
  /// All tiles are whole, and hold zeros.
  AmxTiles() noexcept { asm volatile("ldtilecfg %0" : : "m"(kWhole) : "memory"); }
  /// A caller's thread is left as if it had never used them: the system needn't save them.
  ~AmxTiles() { asm volatile("tilerelease"); }
  AmxTiles(const AmxTiles&) = delete;
  AmxTiles& operator=(const AmxTiles&) = delete;

  /// Rows lie `stride` bytes apart.
  template <int kTile>
  void load(const void* rows, std::int64_t stride) noexcept {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(rows), "r"(stride), "i"(kTile) : "memory");
  }
  template <int kTile>
  void store(void* rows, std::int64_t stride) noexcept {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
                 :
                 : "r"(rows), "r"(stride), "i"(kTile)
                 : "memory");
  }
  template <int kTile>
  void zero() noexcept {
    asm volatile("tilezero %%tmm%c0" : : "i"(kTile));
  }
  /// sums[m][n] += rows[m][k] * columns[k][n], k counting words: pairs of BF16, float32 sums.
  template <int kSums, int kRows, int kColumns>
  void add_bf16() noexcept {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0"
                 :
                 : "i"(kSums), "i"(kRows), "i"(kColumns));
  }
  /// Four bytes: of rows unsigned, of columns signed; int32 sums.
  template <int kSums, int kRows, int kColumns>
  void add_int8() noexcept {
    asm volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kRows), "i"(kColumns));
  }

 private:
  struct Configuration {
    std::uint8_t palette, start_row, reserved[14];
    std::uint16_t row_bytes[16];
    std::uint8_t rows[16];
  };
  static_assert(sizeof(Configuration) == 64);
  static constexpr Configuration kWhole{
      1,
      0,
      {},
      {kAmxRowBytes, kAmxRowBytes, kAmxRowBytes, kAmxRowBytes, kAmxRowBytes, kAmxRowBytes,
       kAmxRowBytes, kAmxRowBytes},
      {kAmxRows, kAmxRows, kAmxRows, kAmxRows, kAmxRows, kAmxRows, kAmxRows, kAmxRows}};
};

#endif

}  // namespace colonnade::cpu

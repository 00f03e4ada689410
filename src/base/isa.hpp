// Instruction sets that kernels are written for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace colonnade {

/// By rising speed. A kernel of one runs on machines of the later ones too.
enum class Isa : std::uint8_t {
  portable,  ///< What every machine of the architecture has: NEON on arm64.
  sse4,      ///< x86-64 with SSE4.2 (small PCs without AVX).
  avx2,      ///< x86-64 with AVX2 and FMA.
  avx512,    ///< x86-64 with AVX-512 F, BW, CD, DQ and VL.
  amx,       ///< That, its BF16 and VNNI, and AMX: tiles of BF16 and INT8.
};

/// "portable", "sse4", "avx2", "avx512", "amx".
std::string_view isa_name(Isa isa) noexcept;

/// Those that this machine has, the fastest first; never empty. The first call asks the system to
/// let this process use AMX, which Linux grants once for all of its threads.
std::span<const Isa> usable_isas() noexcept;

/// Whether the CPU itself multiplies BF16 by AMX, be it that the system lets this process or not.
bool cpu_has_amx_bf16() noexcept;

/// "auto" is the fastest. Error(invalid_argument) for a name that doesn't exist, Error(unsupported)
/// for one that this machine hasn't got; both list those that it has.
Isa parse_isa(const std::string& name);

}  // namespace colonnade

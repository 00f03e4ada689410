#include "base/isa.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr std::array<std::string_view, 5> kNames{"portable", "sse4", "avx2", "avx512", "amx"};

bool has(Isa isa) noexcept;

// Not all compilers and libraries know AMX' names.
#if defined(__x86_64__)
bool cpu_has(unsigned bits_of_leaf_7_edx) noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 &&
         (d & bits_of_leaf_7_edx) == bits_of_leaf_7_edx;
}
constexpr unsigned kAmxBf16 = 1U << 22, kAmxTile = 1U << 24, kAmxInt8 = 1U << 25;
#endif

#if defined(__x86_64__) && defined(__linux__)
bool has_amx() noexcept {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XTILEDATA
  return has(Isa::avx512) && __builtin_cpu_supports("avx512bf16") &&
         __builtin_cpu_supports("avx512vnni") && cpu_has(kAmxBf16 | kAmxTile | kAmxInt8) &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#else
bool has_amx() noexcept {
  return false;
}
#endif

bool has(Isa isa) noexcept {
#if defined(__x86_64__)
  // The compiler's own checks ask the operating system too whether it saves the registers.
  switch (isa) {
    case Isa::amx: return has_amx();
    case Isa::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
    case Isa::avx2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::sse4: return __builtin_cpu_supports("sse4.2");
    case Isa::portable: return true;
  }
#endif
  return isa == Isa::portable;
}

struct Usable {
  std::array<Isa, kNames.size()> isas{};
  std::size_t count = 0;

  Usable() noexcept {
    for (const Isa isa : {Isa::amx, Isa::avx512, Isa::avx2, Isa::sse4, Isa::portable}) {
      if (has(isa)) isas[count++] = isa;
    }
  }
};

}  // namespace

std::string_view isa_name(Isa isa) noexcept {
  return kNames[static_cast<std::size_t>(isa)];
}

std::span<const Isa> usable_isas() noexcept {
  static const Usable usable;
  return {usable.isas.data(), usable.count};
}

bool cpu_has_amx_bf16() noexcept {
#if defined(__x86_64__)
  return cpu_has(kAmxBf16);
#else
  return false;
#endif
}

Isa parse_isa(const std::string& name) {
  const std::span<const Isa> usable = usable_isas();
  if (name == "auto") return usable.front();
  for (const Isa isa : usable) {
    if (name == isa_name(isa)) return isa;
  }
  std::string list = "auto";
  for (const Isa isa : usable) list += ", " + std::string(isa_name(isa));
  const bool exists = std::find(kNames.begin(), kNames.end(), name) != kNames.end();
  throw Error(exists ? ErrorCode::unsupported : ErrorCode::invalid_argument,
              fmt::format("this machine {} the instruction set '{}'; expected one of {}",
                          exists ? "hasn't got" : "doesn't know", name, list));
}

}  // namespace colonnade

// make_sample_sweep OUT.bin: a sweep of a made-up street in KITTI's format, the same on every run.
#include <cstdio>
#include <exception>
#include <span>

#include "base/file.hpp"
#include "sample/scan.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_sample_sweep OUT.bin\n", stderr);
    return 2;
  }
  try {
    constexpr std::uint64_t seed = 8;
    const auto points = colonnade::sample::scan(colonnade::sample::make_street(seed), seed);
    colonnade::write_file(argv[1], std::as_bytes(std::span(points)));
    std::printf("%s: %zu points\n", argv[1], points.size() / 4);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_sample_sweep: %s\n", e.what());
    return 1;
  }
}

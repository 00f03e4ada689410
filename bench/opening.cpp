// How long opening takes in a new process: the first Engine::open (or, of one graph's engine,
// GraphEngine::open) that this process does, in milliseconds, and the pages that it touched first.
//
// usage: opening FILE
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "colonnade/engine.hpp"
#include "colonnade/graph_engine.hpp"

namespace {

long first_touches() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2 && argc != 3) {
    std::fputs("usage: opening FILE [graph]\n", stderr);
    return 2;
  }
  const long touched = first_touches();
  const auto start = std::chrono::steady_clock::now();
  std::shared_ptr<const void> opened;
  if (argc == 3) {
    opened = colonnade::GraphEngine::open(argv[1]);
  } else {
    opened = colonnade::Engine::open(argv[1]);
  }
  const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
  std::printf("%.2f ms, %ld pages\n", ms.count(), first_touches() - touched);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "opening: %s\n", error.what());
  return 1;
}

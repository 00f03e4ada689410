// An engine file as `inspect`, `run` and `detect` take it. Checksums are made to fit after each
// mutation, so that what they protect is reached. What is accepted is printed, described, stored
// again unchanged and run; a model is held against its graphs.
#include <algorithm>
#include <memory>
#include <new>
#include <vector>

#include "backends/backend.hpp"
#include "base/thread_pool.hpp"
#include "differential.hpp"
#include "engine_file/contents.hpp"
#include "forge_engine.hpp"
#include "graph/profile.hpp"
#include "model/check.hpp"
#include "plan/describe.hpp"
#include "target.hpp"

namespace {

using namespace colonnade;

constexpr RunLimits kLimits{.bytes = 64e6, .operations = 5e5};

/// Aligned, as a file that was read.
std::shared_ptr<std::byte> aligned_copy(const std::uint8_t* data, std::size_t size) {
  constexpr std::align_val_t kAlignment{64};
  std::shared_ptr<std::byte> copy(static_cast<std::byte*>(::operator new(size, kAlignment)),
                                  [](std::byte* bytes) { ::operator delete(bytes, kAlignment); });
  std::copy_n(reinterpret_cast<const std::byte*>(data), size, copy.get());
  return copy;
}

void run(const Graph& graph, const std::vector<Tensor>& warm) {
  static ThreadPool threads(1);
  const auto inputs = fuzz::inputs_of(graph);
  if (!inputs) return;
  std::vector<Shape> shapes;
  std::vector<ConstTensorView> views;
  for (const Tensor& input : *inputs) {
    shapes.push_back(input.shape());
    views.push_back(input.view());
  }
  CompileOptions options;
  options.limits = kLimits;
  options.warm = warm;
  for (const Backend* backend : backends()) {
    fuzz::answers(
        [&] { backend->compile(graph, shapes, options)->create_session(threads)->run(views); });
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 == 0) return mutated;
  // The length that the header gives, and a table whose sections kept their places.
  const std::uint64_t length = mutated;
  if (mutated >= 24) std::copy_n(reinterpret_cast<const std::uint8_t*>(&length), 8, data + 16);
  testing::forge_checksums(std::as_writable_bytes(std::span(data, mutated)));
  return mutated;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::shared_ptr<std::byte> bytes = aligned_copy(data, size);
  EngineContents contents;
  if (!fuzz::answers([&] { contents = decode({bytes.get(), size}, bytes, "fuzz.engine"); })) {
    return 0;
  }
  const std::vector<std::byte> stored = encode(contents);
  const std::shared_ptr<std::byte> copy =
      aligned_copy(reinterpret_cast<const std::uint8_t*>(stored.data()), stored.size());
  if (encode(decode({copy.get(), stored.size()}, copy, "again")) != stored) {
    fuzz::finding("an engine isn't stored as it was read");
  }
  fuzz::answers([&] {
    if (contents.model) check_against_graphs(*contents.model, contents.graphs);
  });
  for (const OptimizationProfile& profile : contents.profiles) {
    std::vector<Shape> shapes;
    for (const InputProfile& input : profile.inputs) shapes.push_back(input.opt);
    fuzz::answers([&] { choose_profile(contents.profiles, shapes); });
  }
  for (const Graph& graph : contents.graphs) {
    to_text(graph);
    fuzz::answers([&] { describe(graph); });
    run(graph, contents.warm);
  }
  return 0;
}

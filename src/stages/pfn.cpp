#include "stages/pfn.hpp"

#include <algorithm>
#include <atomic>

#include "base/divide_up.hpp"
#include "frame/features.hpp"

namespace colonnade {
namespace {

// Each has a chunk's activations, and more don't make a frame's few chunks faster.
constexpr std::int64_t kMostWorkers = 16;

}  // namespace

Pfn::Pfn(const PfnRegion& region, const ModelSpec& spec, const Program& program, Executor& executor)
    : region_(region), spec_(spec), executor_(executor) {
  // Whole chunks are what threads share: a chunk's own steps are too short for that. Unless there's
  // one chunk only.
  const std::int64_t chunks = divide_up(spec.pillars.max_pillars, region.chunk);
  const std::int64_t workers = std::min({chunks, std::int64_t{executor.threads()}, kMostWorkers});
  for (std::int64_t w = 0; w < workers; ++w) {
    Worker& worker = workers_.emplace_back();
    worker.session =
        program.create_session(workers > 1 ? static_cast<Executor&>(serial_) : executor);
    for (std::size_t i = 0; i < region.graph.inputs.size(); ++i) {
      worker.inputs.emplace_back(region.graph.values[region.graph.inputs[i]].dtype,
                                 region.input_shapes[i]);
    }
    for (const Tensor& input : worker.inputs) worker.views.push_back(input.view());
    // Or whichever frame gives a thread its first chunk would allocate.
    if (workers > 1) worker.session->run(worker.views);
  }
  features_.resize(static_cast<std::size_t>(spec.pillars.max_pillars * region.channels));
}

PillarFeatures Pfn::run(const Pillars& pillars) {
  const std::int64_t chunks = divide_up(pillars.count, region_.chunk);
  std::atomic<std::int64_t> next = 0;
  const auto work = [&](Worker& worker) {
    for (std::int64_t c = next++; c < chunks; c = next++) {
      run_chunk(worker, pillars, c * region_.chunk);
    }
  };
  if (workers_.size() == 1) {
    work(workers_.front());  // Whose session uses the executor itself.
  } else {
    executor_.for_each(std::min(workers_.size(), static_cast<std::size_t>(chunks)),
                       [&](std::size_t task, int) { work(workers_[task]); });
  }
  return {features_.data(), pillars.count, region_.channels};
}

void Pfn::run_chunk(Worker& worker, const Pillars& pillars, std::int64_t first) {
  const std::int64_t channels = region_.channels;
  const std::int64_t last = std::min(pillars.count, first + region_.chunk);
  for (std::size_t i = 0; i < worker.inputs.size(); ++i) {
    fill_input(region_.sources[i], pillars, first, last, region_.chunk, spec_.pillars, spec_.grid,
               worker.inputs[i].view());
  }
  worker.session->run(worker.views);

  const float* answer = worker.session->outputs()[0].as<float>();
  float* rows = features_.data() + first * channels;
  if (region_.pillars_first) {
    std::copy_n(answer, (last - first) * channels, rows);
    return;
  }
  for (std::int64_t p = 0; p < last - first; ++p) {
    for (std::int64_t c = 0; c < channels; ++c) {
      rows[p * channels + c] = answer[c * region_.chunk + p];
    }
  }
}

}  // namespace colonnade

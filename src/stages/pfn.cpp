#include "stages/pfn.hpp"

#include <algorithm>
#include <atomic>

#include "base/divide_up.hpp"
#include "frame/features.hpp"
#include "plan/pillar_points.hpp"

namespace colonnade {
namespace {

// Each has a chunk's activations, and more don't make a frame's few chunks faster.
constexpr std::int64_t kMostWorkers = 16;

// Point by point, 50 microseconds or so.
constexpr std::int64_t kPillarsOfTask = 512;

}  // namespace

Pfn::Pfn(const PfnRegion& region, const ModelSpec& spec, const Program& program,
         std::optional<Isa> point_by_point, Executor& executor)
    : region_(region), spec_(spec), executor_(executor) {
  if (region.linear && point_by_point) {
    kernel_ = linear_pfn_kernel(*point_by_point);
  } else {
    make_workers(program);
  }
  features_.resize(static_cast<std::size_t>(spec.pillars.max_pillars * region.channels));
}

void Pfn::make_workers(const Program& program) {
  // Whole chunks are what threads share: a chunk's own steps are too short for that. Unless there's
  // one chunk only.
  const std::int64_t chunks = divide_up(spec_.pillars.max_pillars, region_.chunk);
  const std::int64_t workers = std::min({chunks, std::int64_t{executor_.threads()}, kMostWorkers});
  for (std::int64_t w = 0; w < workers; ++w) {
    Worker& worker = workers_.emplace_back();
    worker.session =
        program.create_session(workers > 1 ? static_cast<Executor&>(serial_) : executor_);
    for (std::size_t i = 0; i < region_.graph.inputs.size(); ++i) {
      worker.inputs.emplace_back(region_.graph.values[region_.graph.inputs[i]].dtype,
                                 region_.input_shapes[i]);
    }
    for (const Tensor& input : worker.inputs) worker.views.push_back(input.view());
    // Or whichever frame gives a thread its first chunk would allocate.
    if (workers > 1) worker.session->run(worker.views);
  }
}

PillarFeatures Pfn::run(const Pillars& pillars) {
  if (kernel_ != nullptr) {
    run_points(pillars);
  } else {
    run_graph(pillars);
  }
  return {features_.data(), pillars.count, region_.channels};
}

void Pfn::run_points(const Pillars& pillars) {
  const auto tasks = static_cast<std::size_t>(divide_up(pillars.count, kPillarsOfTask));
  executor_.for_each(tasks, [&](std::size_t task, int) {
    const std::int64_t first = static_cast<std::int64_t>(task) * kPillarsOfTask;
    const std::int64_t last = std::min(pillars.count, first + kPillarsOfTask);
    for (std::int64_t p = first; p < last; ++p) {
      kernel_(*region_.linear, points_of(pillars, p, *region_.linear, spec_.grid),
              features_.data() + p * region_.channels);
    }
  });
}

void Pfn::run_graph(const Pillars& pillars) {
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

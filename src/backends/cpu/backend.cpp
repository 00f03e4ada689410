#include "backends/cpu/backend.hpp"

#include "backends/cpu/program.hpp"
#include "kernels/conv/cpu.hpp"

namespace colonnade {
namespace {

class CpuBackend final : public Backend {
 public:
  std::string name() const override { return "cpu"; }
  std::string isa() const override { return cpu::conv_isa(); }

  std::shared_ptr<const Program> compile(const Graph& graph, std::span<const Shape> input_shapes,
                                         const RunLimits& limits) const override {
    return cpu::compile(graph, input_shapes, limits);
  }
};

}  // namespace

const Backend& cpu_backend() {
  static const CpuBackend backend;
  return backend;
}

}  // namespace colonnade

#include "backends/cpu/backend.hpp"

#include "backends/cpu/program.hpp"
#include "kernels/conv/kernel.hpp"

namespace colonnade {
namespace {

class CpuBackend final : public Backend {
 public:
  std::string name() const override { return "cpu"; }
  std::string isa_name(Isa isa, Precision effective) const override {
    const cpu::ConvKernel& kernel = kernel_of(isa, effective);
    const std::string name(colonnade::isa_name(kernel.isa));
    return kernel.isa == Isa::portable ? name + " (" + kernel.target + ")" : name;
  }
  Isa least_isa(Isa isa, Precision effective) const override {
    return kernel_of(isa, effective).isa;
  }

  PrecisionChoice choose(Isa isa, Precision requested) const override {
    return cpu::choose_precision(isa, requested);
  }

  std::shared_ptr<const Program> compile(const Graph& graph, std::span<const Shape> input_shapes,
                                         const CompileOptions& options) const override {
    return cpu::compile(graph, input_shapes, options);
  }

 private:
  static const cpu::ConvKernel& kernel_of(Isa isa, Precision effective) {
    const cpu::ConvKernel* kernel = cpu::find_conv_kernel(isa, effective);
    return kernel != nullptr ? *kernel : cpu::conv_kernel(isa);
  }
};

}  // namespace

const Backend& cpu_backend() {
  static const CpuBackend backend;
  return backend;
}

}  // namespace colonnade

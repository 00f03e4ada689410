#include "tensorrt_adapter/module.hpp"

#include <exception>
#include <mutex>

namespace colonnade {
namespace {

class Logger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override {
    if (severity > Severity::kWARNING || sink == nullptr) return;
    sink->log(sink->user, severity <= Severity::kERROR, message);
  }

  const AdapterSink* sink = nullptr;
};

Logger& logger() {
  static Logger one;
  return one;
}

}  // namespace

nvinfer1::ILogger& the_logger() {
  return logger();
}

void speak_to(const AdapterSink& sink, const std::function<void()>& f) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  logger().sink = &sink;
  try {
    f();
  } catch (const std::exception& exception) {
    sink.log(sink.user, true, exception.what());
  }
  logger().sink = nullptr;
}

}  // namespace colonnade

extern "C" __attribute__((visibility("default"))) const colonnade::Adapter*
colonnade_tensorrt_adapter() {
  static constexpr colonnade::Adapter adapter{
      colonnade::kAdapterAbi,    NV_TENSORRT_MAJOR,        NV_TENSORRT_MINOR,
      colonnade::build,          colonnade::load,          colonnade::unload,
      colonnade::count_profiles, colonnade::context_bytes, colonnade::tell_tensors,
      colonnade::set_shapes,     colonnade::enqueue};
  return &adapter;
}

// Running a plan, with a library and a device that are played: what is bound to what, which bytes
// go where, what is said when either refuses. Neither GPU nor TensorRT is needed.
#include "tensorrt/plan_runner.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "base/serial_executor.hpp"
#include "fails_with.hpp"
#include "tensorrt/plan_program.hpp"

namespace colonnade {

/// y [n, 2] = x [n, 2] + offset [1], n of 1 to 4, or in the second profile of 4 to 9.
struct AdapterEngine {
  std::int64_t rows = 0;
  std::int32_t profile = 0;
  bool unloaded = false;
};

namespace {

/// Memory of the host, all of it known.
class FakeCuda final : public Cuda {
 public:
  ~FakeCuda() override { EXPECT_TRUE(live.empty()); }
  std::string device() const override { return "Fake (compute capability 1.0)"; }
  void enter() override { entered = true; }
  void* allocate(std::size_t bytes) override {
    void* memory = std::malloc(bytes);
    live.insert(memory);
    ++allocations;
    return memory;
  }
  void free(void* memory) noexcept override {
    EXPECT_EQ(live.erase(memory), 1u);
    std::free(memory);
  }
  void* stream() const noexcept override { return const_cast<bool*>(&entered); }
  void copy_in(void* device, const void* host, std::size_t bytes) override {
    EXPECT_TRUE(entered);
    std::memcpy(device, host, bytes);
  }
  void copy_out(void* host, const void* device, std::size_t bytes) override {
    std::memcpy(host, device, bytes);
    is_waited_for = false;
  }
  void wait() override { is_waited_for = true; }

  std::set<void*> live;
  int allocations = 0;
  bool entered = false, is_waited_for = false;
};

AdapterTensor tensor(const char* name, bool is_input, std::vector<std::int64_t> shape,
                     std::int64_t min, std::int64_t max, AdapterType type = AdapterType::f32) {
  AdapterTensor made{name, is_input, type, static_cast<std::int32_t>(shape.size()), {}, {}, {}, {}};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    made.shape[i] = shape[i];
    made.min[i] = shape[i] < 0 ? min : shape[i];
    made.opt[i] = made.max[i] = shape[i] < 0 ? max : shape[i];
  }
  return made;
}

std::int32_t count_profiles(AdapterEngine&) {
  return 2;
}

std::uint64_t context_bytes(AdapterEngine&, std::int32_t profile) {
  return profile == 0 ? 40 : 90;
}

void tell_tensors(AdapterEngine&, std::int32_t profile, void* user, TellTensor tell) {
  tell(user, profile == 0 ? tensor("x", true, {-1, 2}, 1, 4) : tensor("x", true, {-1, 2}, 4, 9));
  tell(user, tensor("y", false, {-1, 2}, 0, 0));
  tell(user, tensor("offset", true, {1}, 0, 0));
}

bool set_shapes(AdapterEngine& engine, std::int32_t profile, void* stream,
                const AdapterShape* inputs, std::size_t count, void* user, TellTensor tell,
                const AdapterSink& sink) {
  EXPECT_NE(stream, nullptr);
  engine.profile = profile;
  EXPECT_EQ(count, 2u);
  EXPECT_STREQ(inputs[0].input, "x");
  EXPECT_STREQ(inputs[1].input, "offset");
  engine.rows = inputs[0].dims[0];
  if (engine.rows > (profile == 0 ? 4 : 9)) {
    sink.log(sink.user, true, "rows beyond the profile");
    return false;
  }
  tell(user, tensor("y", false, {engine.rows == 3 ? -1 : engine.rows, 2}, 0, 0));
  return true;
}

bool enqueue(AdapterEngine& engine, const AdapterAddress* tensors, std::size_t count, void* stream,
             const AdapterSink& sink) {
  EXPECT_NE(stream, nullptr);
  std::map<std::string, float*> at;
  for (std::size_t i = 0; i < count; ++i)
    at[tensors[i].tensor] = static_cast<float*>(tensors[i].device);
  EXPECT_EQ(at.size(), 3u);
  if (*at["offset"] < 0) {
    sink.log(sink.user, true, "a launch failed");
    return false;
  }
  for (std::int64_t i = 0; i < engine.rows * 2; ++i) at["y"][i] = at["x"][i] + *at["offset"];
  return true;
}

constexpr Adapter kAdapter{kAdapterAbi,
                           0,
                           0,
                           nullptr,
                           nullptr,
                           [](AdapterEngine* engine) { engine->unloaded = true; },
                           count_profiles,
                           context_bytes,
                           tell_tensors,
                           set_shapes,
                           enqueue};

class PlayedPlan : public ::testing::Test {
 protected:
  std::span<const Tensor> run(const Tensor& x, float offset) {
    const Tensor by = Tensor::of<float>({1}, {offset});
    const std::vector<ConstTensorView> inputs{x.view(), by.view()};
    return runner_->run(inputs);
  }

  AdapterEngine engine_;
  std::shared_ptr<FakeCuda> cuda_ = std::make_shared<FakeCuda>();
  std::unique_ptr<PlanRunner> runner_ =
      std::make_unique<PlanRunner>(kAdapter, &engine_, cuda_, "a.plan");
};

TEST_F(PlayedPlan, TellsItsInputsAndOutputs) {
  const Graph& graph = runner_->signature();
  ASSERT_EQ(graph.inputs.size(), 2u);
  ASSERT_EQ(graph.outputs.size(), 1u);
  EXPECT_EQ(graph.values[graph.inputs[1]].name, "offset");
  EXPECT_EQ(graph.values[graph.outputs[0]].shape->to_string(), Shape({kUnknownDim, 2}).to_string());
  ASSERT_EQ(runner_->profiles().size(), 2u);
  const OptimizationProfile &first = runner_->profiles()[0], &second = runner_->profiles()[1];
  ASSERT_EQ(first.inputs.size(), 2u);
  EXPECT_EQ(first.inputs[0].min, (Shape{1, 2}));
  EXPECT_EQ(first.inputs[0].max, (Shape{4, 2}));
  EXPECT_EQ(first.context_bytes, 40u);
  EXPECT_EQ(second.inputs[0].opt, (Shape{9, 2}));
  EXPECT_EQ(second.inputs[1].opt, (Shape{1}));
  EXPECT_EQ(second.context_bytes, 90u);
}

TEST_F(PlayedPlan, RunsInTheProfileThatItsTold) {
  const Tensor x(DType::f32, {5, 2}), by = Tensor::of<float>({1}, {2});
  const std::vector<ConstTensorView> inputs{x.view(), by.view()};
  EXPECT_TRUE(testing::fails_with([&] { runner_->run(inputs); }, "rows beyond the profile"));
  EXPECT_EQ(runner_->run(inputs, 1)[0].as<float>()[9], 2);
  EXPECT_EQ(engine_.profile, 1);
}

TEST_F(PlayedPlan, BindsByNameAndFollowsTheShapes) {
  const auto out = run(Tensor::of<float>({2, 2}, {1, 2, 3, 4}), 10);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_TRUE(cuda_->is_waited_for);
  EXPECT_EQ(out[0].shape(), (Shape{2, 2}));
  EXPECT_EQ(out[0].as<float>()[3], 14);
  EXPECT_EQ(run(Tensor::of<float>({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), 1)[0].as<float>()[7], 9);
  const auto small = run(Tensor::of<float>({1, 2}, {7, 8}), 0.5f);
  EXPECT_EQ(small[0].shape(), (Shape{1, 2}));
  EXPECT_EQ(small[0].as<float>()[1], 8.5f);
}

TEST_F(PlayedPlan, KeepsItsBuffersAndGivesThemBack) {
  run(Tensor(DType::f32, {4, 2}), 1);
  const int first = cuda_->allocations;
  for (const std::int64_t rows : {4, 1, 2, 4}) run(Tensor(DType::f32, {rows, 2}), 1);
  EXPECT_EQ(cuda_->allocations, first);
  EXPECT_FALSE(cuda_->live.empty());
  runner_.reset();
  EXPECT_TRUE(cuda_->live.empty());
  EXPECT_TRUE(engine_.unloaded);
}

TEST_F(PlayedPlan, SaysWhatIsRefused) {
  const auto says = [&](Tensor x, float offset, const char* text) {
    return testing::fails_with([&] { run(x, offset); }, text);
  };
  EXPECT_TRUE(says(Tensor(DType::i32, {2, 2}), 1, "input 'x': expected float32, found int32"));
  EXPECT_TRUE(says(Tensor(DType::f32, {5, 2}), 1, "a.plan: rows beyond the profile"));
  EXPECT_TRUE(says(Tensor(DType::f32, {2, 2}), -1, "a.plan: a launch failed"));
  EXPECT_TRUE(says(Tensor(DType::f32, {3, 2}), 1, "output 'y' is"));
  EXPECT_TRUE(testing::fails_with([&] { runner_->run({}); }, "expected 2 inputs, found 0"));
  EXPECT_EQ(run(Tensor::of<float>({1, 2}, {1, 2}), 1)[0].as<float>()[1], 3);  // None the worse.
}

TEST(PlayedPlans, OfAnUnknownTypeAreRefusedAndUnloaded) {
  Adapter adapter = kAdapter;
  adapter.tensors = [](AdapterEngine&, std::int32_t, void* user, TellTensor tell) {
    tell(user, tensor("scale", true, {1}, 1, 1, AdapterType::other));
  };
  AdapterEngine engine;
  EXPECT_TRUE(testing::fails_with(
      [&] { PlanRunner(adapter, &engine, std::make_shared<FakeCuda>(), "a.plan"); },
      "a.plan: tensor 'scale' has an element type that Colonnade lacks"));
  EXPECT_TRUE(engine.unloaded);
}

/// As `run` and `bench` have it.
TEST(PlayedPlans, AreProgramsWhoseSessionsAreApart) {
  AdapterEngine engines[3];
  int loads = 0;
  const auto load = [&] {
    return std::make_unique<PlanRunner>(kAdapter, &engines[loads++], std::make_shared<FakeCuda>(),
                                        "a.plan");
  };
  const PlanProgram program(load(), load);
  SerialExecutor threads;
  const auto one = program.create_session(threads), other = program.create_session(threads);
  EXPECT_EQ(loads, 2);
  const Tensor x = Tensor::of<float>({1, 2}, {1, 2}), y = Tensor::of<float>({1, 2}, {5, 6}),
               offset = Tensor::of<float>({1}, {1});
  one->run(std::vector<ConstTensorView>{x.view(), offset.view()});
  other->run(std::vector<ConstTensorView>{y.view(), offset.view()});
  EXPECT_EQ(one->outputs()[0].as<float>()[0], 2);
  EXPECT_EQ(other->outputs()[0].as<float>()[0], 6);
}

}  // namespace
}  // namespace colonnade

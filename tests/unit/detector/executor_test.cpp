// A detector on somebody else's threads.
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/isa.hpp"
#include "demo.hpp"

namespace colonnade::testing {
namespace {

/// New threads for every job, from the last index down: nobody's pool, and legal.
class Backwards final : public Executor {
 public:
  int threads() const noexcept override { return 3; }

  void run(std::size_t count, Task task, void* context) override {
    ++jobs;
    std::atomic<std::size_t> left{count};
    std::exception_ptr error;
    std::mutex mutex;
    const auto work = [&](int worker) {
      for (;;) {
        std::size_t index = left.load();
        do {
          if (index == 0) return;
        } while (!left.compare_exchange_weak(index, index - 1));
        try {
          task(context, index - 1, worker);
        } catch (...) {
          const std::lock_guard lock(mutex);
          error = std::current_exception();
        }
      }
    };
    std::vector<std::thread> others;
    for (int worker = 1; worker < threads(); ++worker) others.emplace_back(work, worker);
    work(0);
    for (std::thread& other : others) other.join();
    if (error) std::rethrow_exception(error);
  }

  int jobs = 0;
};

TEST(Executor, OfTheCallerGivesTheSameBoxes) {
  const XyziCloud cloud = heaps(4, 100);
  Detector own = open_demo(1);
  const Detections expected = detect(own, view(cloud));
  ASSERT_FALSE(expected.boxes.empty());

  const auto executor = std::make_shared<Backwards>();
  DetectorOptions options;
  options.executor = executor;
  Detector detector(Engine::open(demo_model()), options);
  EXPECT_EQ(detector.threads(), 3);
  expect_same(detect(detector, view(cloud)), expected);
  EXPECT_GT(executor->jobs, 0);
}

TEST(Isa, EachGivesTheSameBoxesUpToRounding) {
  const XyziCloud cloud = heaps(4, 100);
  Detector reference = open_demo(1);
  const Detections expected = detect(reference, view(cloud));
  for (const Isa isa : usable_isas()) {
    SCOPED_TRACE(isa_name(isa));
    EngineOptions options;
    options.isa = isa_name(isa);
    Detector detector(Engine::open(demo_model(), options), {});
    EXPECT_EQ(detector.isa().rfind(isa_name(isa), 0), 0u) << detector.isa();
    const Detections found = detect(detector, view(cloud));
    ASSERT_EQ(found.boxes.size(), expected.boxes.size());
    for (std::size_t i = 0; i < found.boxes.size(); ++i) {
      EXPECT_NEAR(found.boxes[i].x, expected.boxes[i].x, 1e-3);
      EXPECT_NEAR(found.boxes[i].score, expected.boxes[i].score, 1e-4);
      EXPECT_EQ(found.boxes[i].label, expected.boxes[i].label);
    }
  }
}

}  // namespace
}  // namespace colonnade::testing

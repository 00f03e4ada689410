#include "backends/cpu/memory.hpp"

#include <algorithm>
#include <numeric>

#include "colonnade/error.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kAlignment = 64;

std::int64_t aligned(std::int64_t bytes) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(bytes, kAlignment - 1, &sum)) {
    throw Error(ErrorCode::limit, "the network's activations exceed the address space");
  }
  return sum / kAlignment * kAlignment;
}

struct Life {
  std::size_t first = SIZE_MAX, last = 0;
  bool meets(const Life& other) const { return first <= other.last && other.first <= last; }
};

std::vector<Life> lives_of(const Plan& plan) {
  std::vector<Life> lives(plan.buffers.size());
  const auto use = [&](std::size_t s, std::size_t first, std::size_t last) {
    for_each_operand(plan.steps[s], [&](const Ref& ref, bool) {
      Life& life = lives[ref.buffer];
      life.first = std::min(life.first, first);
      life.last = std::max(life.last, last);
    });
  };
  for (std::size_t s = 0; s < plan.steps.size(); ++s) use(s, s, s);
  for (const BandedSteps& banded : plan.banded) {  // Each begins before any has ended.
    for (std::size_t s = banded.first; s <= banded.last; ++s) use(s, banded.first, banded.last);
  }
  for (const Slot& slot : plan.outputs) lives[slot.ref.buffer].last = plan.steps.size();
  return lives;
}

}  // namespace

void place_buffers(Plan& plan) {
  const std::vector<Life> lives = lives_of(plan);
  std::vector<std::size_t> order;  // Arena buffers, the largest first.
  for (std::size_t b = 0; b < plan.buffers.size(); ++b) {
    Buffer& buffer = plan.buffers[b];
    if (buffer.kind == Buffer::Kind::kept) {
      buffer.offset = plan.kept_bytes;
      plan.kept_bytes = aligned(plan.kept_bytes + aligned(buffer.bytes));
    } else if (buffer.kind == Buffer::Kind::arena) {
      order.push_back(b);
    }
  }
  const auto size_of_buffer = [&](std::size_t b) { return plan.buffers[b].bytes; };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return size_of_buffer(a) > size_of_buffer(b);
  });

  std::vector<std::size_t> placed;  // By rising offset.
  for (const std::size_t b : order) {
    std::int64_t offset = 0;
    for (const std::size_t other : placed) {
      const Buffer& neighbour = plan.buffers[other];
      if (!lives[b].meets(lives[other])) continue;
      if (offset + aligned(size_of_buffer(b)) <= neighbour.offset) break;
      offset = std::max(offset, neighbour.offset + aligned(neighbour.bytes));
    }
    plan.buffers[b].offset = offset;
    plan.arena_bytes = std::max(plan.arena_bytes, aligned(offset + aligned(size_of_buffer(b))));
    const auto at = std::find_if(placed.begin(), placed.end(), [&](std::size_t other) {
      return plan.buffers[other].offset >= offset;
    });
    placed.insert(at, b);
  }
}

}  // namespace colonnade::cpu

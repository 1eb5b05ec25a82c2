// SPDX-License-Identifier: Apache-2.0
#include "regions/brick_columns.h"

#include <functional>

#include "base/thread_pool.h"

namespace dhs::regions {

namespace {

using Tasks = std::vector<std::function<void()>>;

template <typename T>
void AddTask(const std::vector<T>& values, std::span<const int32_t> rows, std::vector<T>& taken, Tasks& tasks) {
  if (values.empty()) return;
  tasks.emplace_back([&values, rows, &taken] {
    taken.reserve(rows.size());
    for (const int32_t row : rows) taken.push_back(values[static_cast<size_t>(row)]);
  });
}

template <typename T, size_t N>
void AddTasks(const std::array<std::vector<T>, N>& columns, std::span<const int32_t> rows,
              std::array<std::vector<T>, N>& taken, Tasks& tasks) {
  for (size_t i = 0; i < N; ++i) AddTask(columns[i], rows, taken[i], tasks);
}

// One for each column.
Tasks TakingTasks(const BrickColumns& bricks, std::span<const int32_t> rows, BrickColumns& taken) {
  Tasks tasks;
  AddTask(bricks.name, rows, taken.name, tasks);
  AddTask(bricks.ra_deg, rows, taken.ra_deg, tasks);
  AddTask(bricks.dec_deg, rows, taken.dec_deg, tasks);
  AddTask(bricks.area_deg2, rows, taken.area_deg2, tasks);
  AddTask(bricks.ra1_deg, rows, taken.ra1_deg, tasks);
  AddTask(bricks.ra2_deg, rows, taken.ra2_deg, tasks);
  AddTask(bricks.dec1_deg, rows, taken.dec1_deg, tasks);
  AddTask(bricks.dec2_deg, rows, taken.dec2_deg, tasks);
  AddTask(bricks.ebv_mag, rows, taken.ebv_mag, tasks);
  AddTasks(bricks.psfsize_arcsec, rows, taken.psfsize_arcsec, tasks);
  AddTasks(bricks.psfdepth_mag, rows, taken.psfdepth_mag, tasks);
  AddTasks(bricks.nexp, rows, taken.nexp, tasks);
  AddTask(bricks.n_gal, rows, taken.n_gal, tasks);
  AddTasks(bricks.n_lrg, rows, taken.n_lrg, tasks);
  return tasks;
}

}  // namespace

BrickColumns Take(const BrickColumns& bricks, std::span<const int32_t> rows) {
  BrickColumns taken;
  for (const auto& task : TakingTasks(bricks, rows, taken)) task();
  return taken;
}

Result<BrickColumns> Take(const BrickColumns& bricks, std::span<const int32_t> rows, int num_threads,
                          const StopToken& stop) {
  BrickColumns taken;
  const Tasks tasks = TakingTasks(bricks, rows, taken);
  ARROW_RETURN_NOT_OK(base::ParallelFor(num_threads, static_cast<int64_t>(tasks.size()), stop, [&](int, int64_t i) {
    tasks[static_cast<size_t>(i)]();
    return Status::OK();
  }));
  return taken;
}

}  // namespace dhs::regions

// SPDX-License-Identifier: Apache-2.0
#include "regions/principal_axes.h"

#include <algorithm>
#include <cmath>

namespace dhs::regions {

namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

Matrix Covariance(std::span<const int32_t> items, std::span<const sky::UnitVector> places,
                  std::span<const double> areas_deg2) {
  // About a point near all of them, so that small sets lose no digits.
  const sky::UnitVector origin = places[static_cast<size_t>(items.front())];
  double weight = 0;
  Vector sum{};
  Matrix squares{};
  for (const int32_t item : items) {
    const sky::UnitVector& place = places[static_cast<size_t>(item)];
    const double w = areas_deg2[static_cast<size_t>(item)];
    const Vector v{place.x - origin.x, place.y - origin.y, place.z - origin.z};
    weight += w;
    for (size_t i = 0; i < 3; ++i) {
      sum[i] += w * v[i];
      for (size_t j = i; j < 3; ++j) squares[i][j] += w * v[i] * v[j];
    }
  }
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = i; j < 3; ++j) {
      squares[i][j] -= sum[i] * sum[j] / weight;
      squares[j][i] = squares[i][j];
    }
  }
  return squares;
}

// One rotation of Jacobi's method: makes m[p][q] zero, and turns the columns of `axes` with it.
void Rotate(Matrix& m, Matrix& axes, size_t p, size_t q) {
  if (m[p][q] == 0) return;
  const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
  const double t = std::copysign(1.0, theta) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
  const double c = 1 / std::sqrt(t * t + 1), s = t * c;
  for (size_t k = 0; k < 3; ++k) {
    const double kp = m[k][p], kq = m[k][q];
    m[k][p] = c * kp - s * kq;
    m[k][q] = s * kp + c * kq;
  }
  for (size_t k = 0; k < 3; ++k) {
    const double pk = m[p][k], qk = m[q][k];
    m[p][k] = c * pk - s * qk;
    m[q][k] = s * pk + c * qk;
    const double ap = axes[k][p], aq = axes[k][q];
    axes[k][p] = c * ap - s * aq;
    axes[k][q] = s * ap + c * aq;
  }
}

}  // namespace

std::array<sky::UnitVector, 2> PrincipalAxes(std::span<const int32_t> items, std::span<const sky::UnitVector> places,
                                             std::span<const double> areas_deg2) {
  Matrix m = Covariance(items, places, areas_deg2);
  Matrix axes{Vector{1, 0, 0}, Vector{0, 1, 0}, Vector{0, 0, 1}};
  constexpr int kNumSweeps = 12;  // converges quadratically: 5 are enough for full precision
  for (int sweep = 0; sweep < kNumSweeps; ++sweep) {
    Rotate(m, axes, 0, 1);
    Rotate(m, axes, 0, 2);
    Rotate(m, axes, 1, 2);
  }
  std::array<size_t, 3> order{0, 1, 2};
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return m[a][a] != m[b][b] ? m[a][a] > m[b][b] : a < b; });
  const auto axis = [&](size_t column) {
    Vector v{axes[0][column], axes[1][column], axes[2][column]};
    const auto greatest =
        *std::max_element(v.begin(), v.end(), [](double a, double b) { return std::fabs(a) < std::fabs(b); });
    const double sign = greatest < 0 ? -1 : 1;
    return sky::UnitVector{sign * v[0], sign * v[1], sign * v[2]};
  };
  return {axis(order[0]), axis(order[1])};
}

}  // namespace dhs::regions

// SPDX-License-Identifier: Apache-2.0
#include "photometry/variant.h"

#include <cmath>

#include <gtest/gtest.h>

#include "photometry/magnitude.h"
#include "testing/testing.h"

namespace dhs::photometry {
namespace {

TEST(VariantTest, EachVariantIsContainedInTheNext) {
  const auto variants = BuiltinVariants();
  for (size_t i = 1; i < variants.size(); ++i) {
    EXPECT_LE(variants[i - 1].zmag_max, variants[i].zmag_max);
    EXPECT_GE(variants[i - 1].rz_min, variants[i].rz_min);
    EXPECT_GE(variants[i - 1].zw1_min, variants[i].zw1_min);
  }
  EXPECT_EQ(variants[2].name, kDefaultVariantName);
  EXPECT_EQ(variants[2].FlagColumn(), "is_v3_color_relaxed");
  EXPECT_EQ(variants[2].CountColumn(), "n_lrg_v3_color_relaxed");
}

TEST(VariantTest, FindsByNameAndNamesTheNearest) {
  DHS_ASSERT_OK_AND_ASSIGN(const int index, FindVariant("v4_mag_relaxed"));
  EXPECT_EQ(index, 3);
  DHS_EXPECT_ERROR(FindVariant("v3_colour_relaxed"), ExitCode::kUsage, "Did you mean 'v3_color_relaxed'");
  DHS_EXPECT_ERROR(FindVariant("v3_colour_relaxed"), ExitCode::kUsage,
                   "The variants are v1_pure_massive, v2_baseline_dr10, v3_color_relaxed, v4_mag_relaxed, "
                   "v5_very_relaxed");
}

TEST(VariantTest, AllCutsAreStrictAndNanFailsThem) {
  const Variant v{.name = "v", .zmag_max = 20.0, .rz_min = 0.5, .zw1_min = 2.0};
  const float below_z = std::nextafter(20.0f, 0.0f), above_rz = std::nextafter(0.5f, 1.0f),
              above_zw1 = std::nextafter(2.0f, 3.0f), nan = std::nanf("");
  EXPECT_TRUE(PassesCuts(v, below_z, above_rz, above_zw1));
  EXPECT_FALSE(PassesCuts(v, 20.0f, above_rz, above_zw1));
  EXPECT_FALSE(PassesCuts(v, below_z, 0.5f, above_zw1));
  EXPECT_FALSE(PassesCuts(v, below_z, above_rz, 2.0f));
  EXPECT_FALSE(PassesCuts(v, nan, above_rz, above_zw1));
  EXPECT_FALSE(PassesCuts(v, below_z, nan, above_zw1));
  EXPECT_FALSE(PassesCuts(v, below_z, above_rz, nan));
}

TEST(VariantTest, PromotesStoredFloatsToDouble) {
  // float32(20.4) is 20.3999996: it passes; float32(0.4) is 0.4000000060: it passes as well; float32(0.3) likewise.
  const Variant v3 = BuiltinVariants()[2];
  EXPECT_TRUE(PassesCuts(v3, 20.4f, 0.4f, 1.0f));
  // float32(0.8) is 0.800000012 and passes; float32(1.6) is 1.60000002 and passes.
  EXPECT_TRUE(PassesCuts(v3, 20.0f, 1.0f, 0.8f));
  EXPECT_TRUE(PassesCuts(BuiltinVariants()[1], 20.0f, 1.0f, 1.6f));
}

TEST(NormalizeTypeTest, TrimsBlanksAndNulsAndRaisesCase) {
  EXPECT_EQ(NormalizeType("PSF "), "PSF");
  EXPECT_EQ(NormalizeType(std::string_view("psf\0", 4)), "PSF");
  EXPECT_EQ(NormalizeType("  rEx"), "REX");
  EXPECT_EQ(NormalizeType(std::string_view("\0\0\0", 3)), "");
  EXPECT_EQ(NormalizeType("A B"), "A B");
  EXPECT_TRUE(IsPointSource(NormalizeType(" psf")));
  EXPECT_FALSE(IsPointSource(NormalizeType("PSFX")));
}

TEST(MagnitudeTest, IsNanWithoutAPositiveFiniteFlux) {
  EXPECT_DOUBLE_EQ(MagnitudeAb(1.0), 22.5);
  EXPECT_DOUBLE_EQ(MagnitudeAb(100.0), 17.5);
  for (const double flux : {0.0, -0.0, -1.0, double(INFINITY), double(NAN)}) {
    EXPECT_TRUE(std::isnan(MagnitudeAb(flux)));
    EXPECT_TRUE(std::isnan(MagnitudeAbMw(1.0, flux)));
    EXPECT_TRUE(std::isnan(MagnitudeAbMw(flux, 1.0)));
  }
  EXPECT_DOUBLE_EQ(MagnitudeAbMw(0.5, 0.5), 22.5);
}

TEST(MagnitudeTest, StoresColoursOfDoublesNotOfStoredMagnitudes) {
  const StoredPhotometry p = StoreRaw(1.0f, 3.7f, 11.3f, 29.1f);
  EXPECT_EQ(p.rz, static_cast<float>(MagnitudeAb(3.7f) - MagnitudeAb(11.3f)));
  EXPECT_EQ(p.zw1, static_cast<float>(MagnitudeAb(11.3f) - MagnitudeAb(29.1f)));
  // Somewhere the two definitions differ, else the rule would be empty.
  int differing = 0;
  for (float r = 1.0f; r < 20.0f; r += 0.01f) {
    const StoredPhotometry q = StoreRaw(1.0f, r, 11.3f, 29.1f);
    differing += q.rz != q.rmag - q.zmag;
  }
  EXPECT_GT(differing, 100);
}

}  // namespace
}  // namespace dhs::photometry

#include "mailtool/base/cpu.h"

#ifdef MAILTOOL_X86
#include <cpuid.h>
#endif

namespace mailtool {
namespace {

VectorLevel ask() noexcept {
#ifdef MAILTOOL_X86
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") &&
                    __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2");
  if (!avx2) return VectorLevel::scalar;
  const bool vbmi2 = __builtin_cpu_supports("avx512f") &&
                     __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512vbmi") &&
                     __builtin_cpu_supports("avx512vbmi2");
  return vbmi2 ? VectorLevel::avx512vbmi2 : VectorLevel::avx2;
#else
  return VectorLevel::scalar;
#endif
}

#ifdef MAILTOOL_X86
// CPUID leaf 7: __builtin_cpu_supports of our compilers has no name for it.
bool ask_sha() noexcept {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  return (b & bit_SHA) != 0 && __builtin_cpu_supports("sse4.1");
}
#endif

}  // namespace

bool has_sha_instructions() noexcept {
#ifdef MAILTOOL_X86
  static const bool has = ask_sha();
  return has;
#else
  return false;
#endif
}

VectorLevel vector_level() noexcept {
  static const VectorLevel level = ask();
  return level;
}

}  // namespace mailtool

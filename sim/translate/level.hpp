// Which instructions the processor has: 1 to 4 as in x86-64-v1 to v4, 0 elsewhere.
// Not __builtin_cpu_supports: without a run-time library it says no to everything.
#if defined(__x86_64__)
static void cpuid(__UINT32_TYPE__ leaf, __UINT32_TYPE__* r) {
  __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(0));
}
static int has(__UINT32_TYPE__ bits, __UINT32_TYPE__ wanted) { return (bits & wanted) == wanted; }
EXPORT int spiral_level(void) {
  __UINT32_TYPE__ r[4], low, high;
  cpuid(0, r);
  if (r[0] < 7) return 1;
  cpuid(1, r);
  __UINT32_TYPE__ c1 = r[2];
  cpuid(0x80000001u, r);
  __UINT32_TYPE__ c8 = r[2];
  cpuid(7, r);
  __UINT32_TYPE__ b7 = r[1];
  // sse3, ssse3, cmpxchg16b, sse4.1, sse4.2, popcnt; lahf
  if (!has(c1, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23) || !has(c8, 1u)) return 1;
  // fma, movbe, osxsave, avx, f16c; bmi1, avx2, bmi2; lzcnt
  if (!has(c1, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29) ||
      !has(b7, 1u << 3 | 1u << 5 | 1u << 8) || !has(c8, 1u << 5))
    return 2;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if (!has(low, 0x06)) return 2;  // the system keeps the wide registers
  // avx512 f, dq, cd, bw, vl
  if (!has(b7, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) || !has(low, 0xe6)) return 3;
  return 4;
}
#else
EXPORT int spiral_level(void) { return 0; }
#endif
#if defined(_WIN32)
extern "C" int DllMainCRTStartup(void*, unsigned, void*) { return 1; }  // there is no C runtime
extern "C" int _fltused = 0;
#endif

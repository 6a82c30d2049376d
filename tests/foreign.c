// Calls one function of a library on a picture of its memory: foreign LIBRARY FUNCTION IN OUT.
// IN begins with where the picture must lie, its size and eight arguments; tests/test_foreign.py.
#include <stdint.h>
#include <stdio.h>
#ifdef _WIN32
#include <windows.h>
static void* placed(int64_t at, int64_t size) {
  return VirtualAlloc((void*)at, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
}
static void* found(const char* library, const char* name) {
  HMODULE it = LoadLibraryA(library);
  return it ? (void*)GetProcAddress(it, name) : NULL;
}
#else
#include <dlfcn.h>
#include <sys/mman.h>
static void* placed(int64_t at, int64_t size) {
  return mmap((void*)at, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void* found(const char* library, const char* name) {
  void* it = dlopen(library, RTLD_NOW);
  return it ? dlsym(it, name) : NULL;
}
#endif
typedef int64_t I;

int main(int n, char** words) {
  if (n != 5) return 2;
  void* function = found(words[1], words[2]);
  if (!function) return 3;
  I head[10];
  FILE* in = fopen(words[3], "rb");
  if (!in || fread(head, sizeof head, 1, in) != 1) return 4;
  void* memory = placed(head[0], head[1]);
  if (memory != (void*)head[0] || fread(memory, head[1], 1, in) != 1) return 5;
  const I* a = head + 2;
  ((void (*)(I, I, I, I, I, I, I, I))function)(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  FILE* out = fopen(words[4], "wb");
  if (!out || fwrite(memory, head[1], 1, out) != 1 || fclose(out)) return 6;
  return 0;
}

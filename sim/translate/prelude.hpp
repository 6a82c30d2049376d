// What a value is in C++: one float32 or WIDTH of them, as sim/lanes says it for one.
// No header, no library: the same text is built for every target, the browser's among them.
typedef __INT64_TYPE__ I;
typedef __UINT32_TYPE__ u32;
typedef __INT32_TYPE__ i32;
typedef __UINT16_TYPE__ u16;
typedef __UINT8_TYPE__ u8;
typedef __UINT64_TYPE__ u64;
typedef float REAL;
#ifndef WIDTH
#define WIDTH 16
#endif
#define INLINE static inline __attribute__((always_inline))
#define K(x) (W{x})
typedef REAL V __attribute__((vector_size(WIDTH * sizeof(REAL))));
typedef decltype(V{} < V{}) M;
typedef u32 U __attribute__((vector_size(WIDTH * 4)));
typedef i32 S __attribute__((vector_size(WIDTH * 4)));
typedef u16 H __attribute__((vector_size(WIDTH * 2)));
typedef u8 B __attribute__((vector_size(WIDTH)));
typedef V Vu __attribute__((aligned(sizeof(REAL)), may_alias));
typedef U Uu __attribute__((aligned(4), may_alias));
typedef H Hu __attribute__((aligned(2), may_alias));
typedef B Bu __attribute__((aligned(1), may_alias));

template <class A, class C> struct same_ { static const bool value = false; };
template <class A> struct same_<A, A> { static const bool value = true; };
template <class A> struct wide_ { static const bool value = same_<A, V>::value || same_<A, M>::value; };

// A number that a rule writes down, as Python has it: a double among its like and whole numbers, a
// REAL as soon as it meets one (NumPy's weak scalars). Rounded from the double, as Python rounds it.
struct W {
  double v;
  __attribute__((always_inline)) operator double() const { return v; }
};
template <class A> INLINE auto like_(W w, A) {
  if constexpr (same_<A, V>::value) return V{} + (REAL)w.v;
  else if constexpr (same_<A, REAL>::value) return (REAL)w.v;
  else return w.v;
}
template <class A> INLINE auto beside_(A a) {
  if constexpr (same_<A, V>::value || same_<A, REAL>::value) return a;
  else return (double)a;
}
template <class A, class X> INLINE auto weak_(X x) {
  if constexpr (same_<X, double>::value && !same_<A, double>::value) return W{x};
  else return x;
}
#define WEAK(op) \
  INLINE auto operator op(W a, W b) { return weak_<W>(a.v op b.v); } \
  template <class A> INLINE auto operator op(W w, A a) { return weak_<A>(like_(w, a) op beside_(a)); } \
  template <class A> INLINE auto operator op(A a, W w) { return weak_<A>(beside_(a) op like_(w, a)); }
WEAK(+) WEAK(-) WEAK(*) WEAK(/) WEAK(<) WEAK(<=) WEAK(>) WEAK(>=) WEAK(==) WEAK(!=)
INLINE W operator-(W w) { return W{-w.v}; }

template <class A> struct whole_ { static const bool value = (A)0.5 == (A)0; };
template <> struct whole_<W> { static const bool value = false; };
template <> struct whole_<V> { static const bool value = false; };
template <> struct whole_<M> { static const bool value = false; };
template <> struct whole_<U> { static const bool value = true; };
template <> struct whole_<bool> { static const bool value = false; };

// The index of the first of WIDTH worlds that are one value; an I is a single world.
struct Group { I first; };

// An array of up to five dimensions; its address and shape come from Python.
template <class T> struct Array {
  T* p;
  I n[5];
  __attribute__((always_inline)) T& operator()(I i) const { return p[i]; }
  __attribute__((always_inline)) T& operator()(I i, I j) const { return p[i * n[1] + j]; }
  __attribute__((always_inline)) T& operator()(I i, I j, I k) const { return p[(i * n[1] + j) * n[2] + k]; }
  __attribute__((always_inline)) T& operator()(I i, I j, I k, I l) const {
    return p[((i * n[1] + j) * n[2] + k) * n[3] + l];
  }
  __attribute__((always_inline)) Array<T> row(I i) const { return Array<T>{p + i * n[1], {n[1], 0, 0, 0, 0}}; }
};

// Views of a row.
struct WideRow { REAL* p; };
struct LaneRow { REAL* p; I stride; };
template <int FIELDS> INLINE WideRow view_(Array<REAL> a, I row, Group lane) {
  return WideRow{a.p + row * FIELDS * WIDTH + lane.first};
}
template <int FIELDS> INLINE LaneRow view_(Array<REAL> a, I row, I lane) {
  return LaneRow{a.p + row * FIELDS * a.n[2] + lane, a.n[2]};
}
template <int FIELDS> INLINE LaneRow fixed_(Array<REAL> a, I row) {
  return LaneRow{a.p + row * FIELDS, 1};
}
INLINE V load_(WideRow r, I field) { return *(const Vu*)(r.p + field * WIDTH); }
INLINE REAL load_(LaneRow r, I field) { return r.p[field * r.stride]; }

// A number as a value; what is wide stays as it is.
INLINE V lift_(V x) { return x; }
INLINE M lift_(M x) { return x; }
INLINE U lift_(U x) { return x; }
INLINE V lift_(REAL x) { return V{} + x; }
INLINE V lift_(W x) { return V{} + (REAL)x.v; }
INLINE double lift_(double x) { return x; }
INLINE bool lift_(bool x) { return x; }
INLINE I lift_(I x) { return x; }
INLINE I lift_(i32 x) { return x; }
INLINE u32 lift_(u32 x) { return x; }
INLINE I lift_(u16 x) { return x; }
INLINE I lift_(u8 x) { return x; }
INLINE WideRow lift_(WideRow x) { return x; }
INLINE LaneRow lift_(LaneRow x) { return x; }
// What a choice gives: whole numbers, as those of an enum, count as numbers.
template <class A> INLINE auto real_(A a) {
  if constexpr (wide_<A>::value || same_<A, U>::value) return a;
  else return V{} + (REAL)a;
}
INLINE M mask_(M x) { return x; }
INLINE M mask_(bool x) { return (x ? V{} : V{} + (REAL)1) == V{}; }
template <class T> INLINE void store_(WideRow r, I field, T value) {
  *(Vu*)(r.p + field * WIDTH) = lift_(value);
}

template <class C, class A, class D> INLINE auto where(C c, A a, D b) {
  if constexpr (!wide_<C>::value && !wide_<A>::value && !wide_<D>::value) return c ? (REAL)a : (REAL)b;
  else return c ? real_(a) : real_(b);
}
template <class A, class D> INLINE auto least(A a, D b) {
  if constexpr (!wide_<A>::value && !wide_<D>::value) return a < b ? (REAL)a : (REAL)b;
  else { V x = lift_(a), y = lift_(b); return x < y ? x : y; }
}
template <class A, class D> INLINE auto most(A a, D b) {
  if constexpr (!wide_<A>::value && !wide_<D>::value) return a > b ? (REAL)a : (REAL)b;
  else { V x = lift_(a), y = lift_(b); return x > y ? x : y; }
}
template <class A, class D> INLINE auto both_(A a, D b) {
  if constexpr (whole_<A>::value || whole_<D>::value) return a & b;
  else if constexpr (!wide_<A>::value && !wide_<D>::value) return (bool)(a && b);
  else return mask_(a) & mask_(b);
}
template <class A, class D> INLINE auto either_(A a, D b) {
  if constexpr (whole_<A>::value || whole_<D>::value) return a | b;
  else if constexpr (!wide_<A>::value && !wide_<D>::value) return (bool)(a || b);
  else return mask_(a) | mask_(b);
}
INLINE bool anywhere(bool c) { return c; }
INLINE bool anywhere(M c) { return __builtin_reduce_or(c) != 0; }

// Whole numbers.
INLINE I smaller_(I a, I b) { return a < b ? (REAL)a : (REAL)b; }
INLINE I larger_(I a, I b) { return a > b ? (REAL)a : (REAL)b; }
template <class A> INLINE A left_(A x, I by) { return x << (decltype(A{} + A{}))(A{} + (u32)by); }
template <class A> INLINE A right_(A x, I by) { return x >> (decltype(A{} + A{}))(A{} + (u32)by); }
INLINE U word(U x) { return x; }
INLINE u32 word(u32 x) { return x; }
INLINE u32 word(I x) { return (u32)x; }
INLINE U words(Array<u32> a, Group lane) { return *(const Uu*)(a.p + lane.first); }
INLINE u32 words(Array<u32> a, I lane) { return a.p[lane]; }
INLINE V fraction(U x) { return __builtin_convertvector((S)(x >> 8), V) * (REAL)0x1p-24; }
INLINE REAL fraction(u32 x) { return (REAL)(i32)(x >> 8) * (REAL)0x1p-24; }
// x * 2**n where that is a normal number: n is added to the exponent.
INLINE REAL scaled(REAL x, REAL n) {
  return __builtin_bit_cast(REAL, (u32)__builtin_bit_cast(u32, x) + ((u32)(i32)n << 23));
}
INLINE V scaled(V x, V n) {
  return __builtin_bit_cast(V, __builtin_bit_cast(U, x) + (__builtin_bit_cast(U, __builtin_convertvector(n, S)) << 23));
}
template <class X> INLINE void note(Array<u8> a, I week, I row, Group lane, X value) {
  *(Bu*)&a(week, row, lane.first) =
      __builtin_convertvector(__builtin_convertvector(lift_(value), S), B);
}
template <class X> INLINE void note(Array<u16> a, I week, I row, Group lane, X value) {
  *(Hu*)&a(week, row, lane.first) =
      __builtin_convertvector(__builtin_convertvector(lift_(value), S), H);
}

// Several answers at once; of two both are wide if one is, so that all branches give one type.
template <class A, class C> struct Two { A a; C b; };
template <class A, class C, class D, class E> struct Four { A a; C b; D c; E d; };
template <class A, class C> INLINE auto pack_(A a, C b) {
  if constexpr (same_<A, REAL>::value && same_<C, V>::value) return Two<V, V>{lift_(a), b};
  else if constexpr (same_<A, V>::value && same_<C, REAL>::value) return Two<V, V>{a, lift_(b)};
  else if constexpr (same_<A, W>::value) return pack_((REAL)a, b);
  else if constexpr (same_<C, W>::value) return pack_(a, (REAL)b);
  else return Two<A, C>{a, b};
}
template <class A, class C, class D, class E> INLINE auto pack_(A a, C b, D c, E d) {
  return Four<A, C, D, E>{a, b, c, d};
}

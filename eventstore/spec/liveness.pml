/* Against a live zombie a takeover completes. The zombie owned the log and does not know that it is over: it appends
   commit after commit, pipelined, for ever. A node wants to take over; a rival may get in its way a few times, and it
   may itself crash a few times.

   The log has no end here, so it is not kept: `truth` is the fold over all of it, and reading is copying the fold, at
   any time. Sequences and hashes are counted modulo M.
   Variants, to be refuted: -DNOFENCE, -DCHAINFENCE (acceptance.pml).                                                  */
#define M 4
#define AFTER(seq) (((seq) + 1) % M)
#include "acceptance.pml"

#ifndef TROUBLES
#define TROUBLES 1  /* crashes of the node, and fences of the rival, at most so many of each */
#endif
#define ZOMBIE 1
#define NODE 2
#define RIVAL 3
#define LEAF_ID(w, s) ((w) * 8 + (s))

Folded truth;
Folded seen;        /* as the node has read it */
bool stored;       /* the node's last record stands in the log */
bool completed;

chan of_zombie = [2] of { mtype, byte, byte, byte, byte, byte };
chan of_node = [1] of { mtype, byte, byte, byte, byte, byte };

/* Fairness is by process: so each sender has a way to the log of its own. */
active proctype Zombie() {
  byte seq = 1;
  byte head = LEAF_ID(ZOMBIE, 0);
  d_step {
    truth.epoch = 1;
    truth.owner = ZOMBIE;
    truth.open = true;
    truth.next = 1;
    truth.head = LEAF_ID(ZOMBIE, 0)
  }
  do
  :: atomic { of_zombie!commit, 1, ZOMBIE, seq, head, LEAF_ID(ZOMBIE, seq) ->
       head = LEAF_ID(ZOMBIE, seq);
       seq = AFTER(seq) }
  od
}

#define ARRIVES(from) from?x.kind, x.epoch, x.writer, x.seq, x.prev, x.id
inline forget() {
  x.kind = 0; x.epoch = 0; x.writer = 0; x.seq = 0; x.prev = 0; x.id = 0;
  accepted = false
}

active proctype WayOfZombie() {
  Record x;
  do
  :: atomic { ARRIVES(of_zombie) -> accept(truth, x); forget() }
  od
}

active proctype WayOfNode() {
  Record x;
  do
  :: atomic { ARRIVES(of_node) -> accept(truth, x); forget(); stored = true }
  od
}

/* Fences, and never opens. */
active proctype Rival() {
  byte left = TROUBLES;
  do
#ifndef NOFENCE
  :: d_step { left > 0 && truth.epoch > 0 -> truth.epoch = truth.epoch + 1; truth.owner = RIVAL; truth.open = false; left-- }
#endif
  :: break
  od
}

inline read() {
  d_step {
    seen.epoch = truth.epoch;
    seen.owner = truth.owner;
    seen.open = truth.open;
    seen.next = truth.next;
    seen.head = truth.head
  }
}

inline send(kind, seq) {
  atomic { of_node!kind, e, wr, seq, seen.head, LEAF_ID(wr, seq); stored = false }
}

active proctype Node() {
  byte wr = NODE;
  byte e;
  byte crashes = TROUBLES;
  truth.epoch > 0;
again:
  do
  :: read();
#ifndef NOFENCE
     e = seen.epoch + 1;
     send(fence, 0);
     if
     :: stored
     :: atomic { crashes > 0 -> crashes--; wr = wr + 2; goto again }
     fi;
     read();
     if
     :: seen.epoch == e && seen.owner == wr
     :: else -> goto again
     fi;
#endif
     send(opened, seen.next);
     if
     :: stored
     :: atomic { crashes > 0 -> crashes--; wr = wr + 2; goto again }
     fi;
     read();
     if
     :: seen.owner == wr && seen.open -> break
     :: else
     fi
  od;
  completed = true
}

ltl takeover_completes { <> completed }

// A page counts as seen when it was visible for a second with its connection up; hidden, nobody looks at it any more.
export default {
  render: () => Vue.h("i", { hidden: true }),
  mounted() {
    this.told = false;
    this.look = () => {
      clearTimeout(this.clock);
      if (document.visibilityState !== "visible") {
        if (this.told) this.$emit("hidden");
        this.told = false;
        return;
      }
      this.clock = setTimeout(() => {
        if (document.visibilityState !== "visible" || !window.socket?.connected || this.told) return;
        this.told = true;
        this.$emit("seen");
      }, 1000);
    };
    this.again = () => { this.told = false; this.look(); };
    document.addEventListener("visibilitychange", this.look);
    const wait = () => (window.socket ? (window.socket.on("connect", this.again), this.look()) : setTimeout(wait, 50));
    wait();
  },
  unmounted() {
    clearTimeout(this.clock);
    document.removeEventListener("visibilitychange", this.look);
    window.socket?.off("connect", this.again);
  },
};

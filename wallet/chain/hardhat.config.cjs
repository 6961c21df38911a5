// Hardhat as a bare chain: nothing is compiled, so no compiler is looked for. Read by hardhat_process.py, and fit
// for `npx hardhat --config wallet/chain/hardhat.config.cjs node` by hand.
const start = process.env.PREPAID_HARDHAT_START;

const folder = process.env.PREPAID_HARDHAT_FOLDER;

// The starter holds the other end of our input: when it ends, in whatever way, so does this node, which then
// removes the folder that it was given.
if (folder) {
  process.stdin
    .on("end", () => {
      require("node:fs").rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    })
    .resume();
}

module.exports = {
  solidity: "0.8.37",
  networks: {
    hardhat: {
      chainId: 31337,
      hardfork: "cancun",
      accounts: { count: 20, accountsBalance: "1000000" + "0".repeat(18) },
      ...(start ? { initialDate: start } : {}),
    },
  },
};

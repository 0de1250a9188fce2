// node -r: ends this process when the one that started it is gone, as nobody else would end it then.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(), 1000).unref();

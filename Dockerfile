# The live bot. The local Feishu (npm start, npm run demo) is no part of it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# npm wants to see every package of the workspace.
COPY local-feishu/package.json ./local-feishu/
RUN npm ci
COPY tsconfig.json app.manifest.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build:live && npm prune --omit=dev --workspaces=false

FROM node:24-slim
ENV NODE_ENV=production \
    DATABASE_URL=file:/data/skillbot.db
WORKDIR /app
RUN install --directory --owner=node --group=node --mode=0700 /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "--heap-growing-percent=50", "--no-maglev", "dist/main.js"]
